// Nothing passes from one run to the next: the shared realm is frozen, every other context belongs to one run.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunId } from '@waybill/flow-model';
import jsonata from 'jsonata';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildBundles } from '../src/build.ts';
import { sharedByExpressions } from '../src/guest/expression.ts';
import { reachableFrom } from '../src/guest/lockdown.ts';
import { createSnapshots } from '../src/runner/bundles.ts';
import { openDomain } from '../src/runner/domain.ts';
import { startGuest } from '../src/runner/guest-context.ts';
import type { TestSandbox } from './harness.ts';
import { corePackage, inlinePackage, outputOf, startSandbox } from './harness.ts';

describe('the realm that expressions and core nodes share', () => {
  let bundlesDir: string;
  beforeAll(async () => {
    bundlesDir = mkdtempSync(join(tmpdir(), 'waybill-isolation-'));
    await buildBundles([corePackage], bundlesDir);
  });
  afterAll(() => rmSync(bundlesDir, { recursive: true, force: true }));

  async function inSharedRealm(script: string): Promise<unknown> {
    const snapshot = await createSnapshots(bundlesDir).forBundle('core');
    const domain = openDomain({
      memoryMb: 64,
      snapshot,
      entered() {},
      heldAfterMs: () => 40,
      held() {},
      failed() {},
      setOut() {},
      cameBack() {},
    });
    try {
      const guest = await startGuest(
        domain,
        { post() {}, done() {} },
        { limits: { outputChars: 1_000, openHostCalls: 4, followChars: 1_000 }, mayRunCode: true, shared: true },
      );
      return JSON.parse(await guest.context.eval(`JSON.stringify((() => {${script}})())`));
    } finally {
      domain.dispose();
    }
  }

  it('has nothing reachable that is not frozen', async () => {
    const unfrozen = await inSharedRealm(`
      const seen = new Set(), found = [];
      const open = [[globalThis, 'globalThis']];
      const samples = { async: (async () => {}), generator: Object.getPrototypeOf((function* () {})()), iterator: [][Symbol.iterator](),
        asyncGenerator: (async function* () {}), map: new Map().entries(), set: new Set().values(),
        matches: 'a'.matchAll(/a/g), helper: [].values().map((x) => x), text: ''[Symbol.iterator](), promise: Promise.resolve() };
      for (const name in samples) open.push([Object.getPrototypeOf(samples[name]), name]);
      while (open.length) {
        const [one, path] = open.pop();
        if ((typeof one !== 'object' || one === null) && typeof one !== 'function') continue;
        if (seen.has(one)) continue;
        seen.add(one);
        if (!Object.isFrozen(one)) found.push(path);
        open.push([Object.getPrototypeOf(one), path + '^']);
        for (const key of Reflect.ownKeys(one)) {
          const d = Object.getOwnPropertyDescriptor(one, key);
          for (const part of ['value', 'get', 'set']) open.push([d[part], path + '.' + String(key)]);
        }
      }
      return { found, count: seen.size };`);
    expect(unfrozen).toMatchObject({ found: [] });
    expect((unfrozen as { count: number }).count).toBeGreaterThan(700);
  });

  it.each([
    ['Array.prototype', 'Array.prototype.evil = 1; return [].evil ?? null;'],
    ['Array.prototype.map', 'Array.prototype.map = () => "evil"; return [1].map((x) => x)[0] === 1 ? null : 1;'],
    ['Object.prototype', 'Object.prototype.evil = 1; return {}.evil ?? null;'],
    [
      'Object.prototype.toString',
      'try { Object.prototype.toString = () => "evil"; } catch {} return String({}) === "evil" ? 1 : null;',
    ],
    ['the prototype link', '({}).__proto__ = { evil: 1 }; return Object.prototype.evil ?? null;'],
    ['Function.prototype', 'Object.getPrototypeOf(() => {}).evil = 1; return (() => {}).evil ?? null;'],
    ['the global object', 'globalThis.evil = 1; return globalThis.evil ?? null;'],
    ['JSON', 'JSON.parse = () => "evil"; return JSON.parse("1") === 1 ? null : 1;'],
    ['Math', 'Math.max = () => 7; return Math.max(1) === 1 ? null : 1;'],
    ['Promise', 'Promise.prototype.then = () => {}; Promise.evil = 1; return Promise.evil ?? null;'],
    [
      'iterators',
      'Object.getPrototypeOf([][Symbol.iterator]()).next = () => ({ done: true }); return [...[1]].length === 1 ? null : 1;',
    ],
    [
      'regular expressions',
      'RegExp.prototype.exec = () => null; /x/.exec("x"); return RegExp.$1 ?? RegExp.lastMatch ?? null;',
    ],
    [
      'errors',
      'Error.stackTraceLimit = 0; Error.prepareStackTrace = () => "evil"; return Error.prepareStackTrace ?? null;',
    ],
    ['the console', 'console.evil = 1; return console.evil ?? null;'],
    [
      'code from text',
      'let made; try { made = (() => {}).constructor("return 1")(); } catch {} return made ?? globalThis.eval ?? null;',
    ],
    ['the guest itself', 'return globalThis.__waybillGuest ?? globalThis.__waybillPackage ?? null;'],
  ])('cannot be changed through %s', async (_name, script) => {
    expect(await inSharedRealm(script)).toBeNull();
  });

  it('still lets programs name their own properties like inherited ones', async () => {
    const script = `'use strict'; const own = {}; own.toString = 1; own.constructor = 2; own.valueOf = 3;
      const error = new Error('a'); error.message = 'b'; error.name = 'c'; return [own, error.message, error.name];`;
    expect(await inSharedRealm(script)).toEqual([{ toString: 1, constructor: 2, valueOf: 3 }, 'b', 'c']);
  });

  it('shares with an expression, by way of its functions, only what is frozen', async () => {
    const lambdaOf = () => jsonata('function($x){$x}').evaluate({}, {});
    const [first, second]: unknown[] = [await lambdaOf(), await lambdaOf()];
    const ofSecond = reachableFrom([second]);
    const known = reachableFrom([globalThis, ...(await sharedByExpressions())]);
    const shared = [...reachableFrom([first])].filter((one) => ofSecond.has(one) && !known.has(one));
    expect(shared).toEqual([]);
  });
});

describe('contexts of packages and of code', () => {
  let test: TestSandbox;
  const intruder = inlinePackage(
    'intruder',
    `let count = 0;
    const kept = [];
    export const nodePackage = defineNodePackage({ name: 'intruder', credentials: [], nodes: [
      defineNode({ ...base, type: 'intruder.leave', run({ emit, input }) {
        count += 1;
        kept.push(input.in);
        globalThis.left = input.in;
        Array.prototype.left = input.in;
        Object.prototype.left = input.in;
        JSON.stringify = ((original) => (value, ...rest) => original(value, ...rest))(JSON.stringify);
        return emit('done', count);
      } }),
      defineNode({ ...base, type: 'intruder.look', run: ({ emit }) => emit('done', {
        count, kept: kept.length, global: globalThis.left ?? null, array: [].left ?? null, object: ({}).left ?? null,
      }) }),
    ] });`,
  );
  beforeAll(async () => {
    test = await startSandbox({ packages: [intruder] });
  });
  afterAll(() => test.stop());

  it('keep what a package left behind away from every other run', async () => {
    const input = { in: 'secret of run one' };
    expect(outputOf(await test.run({ nodeType: 'intruder.leave', input, runId: 'one' as RunId }))).toBe(1);
    const seen = await test.run({ nodeType: 'intruder.look', runId: 'two' as RunId });
    expect(outputOf(seen)).toEqual({ count: 0, kept: 0, global: null, array: null, object: null });
  });

  it('keep many runs apart that run at the same time', async () => {
    const runs = Array.from({ length: 30 }, (_, index) => `run-${index}` as RunId);
    const counts = await Promise.all(
      runs.map((runId) => test.run({ nodeType: 'intruder.leave', input: { in: runId }, runId })),
    );
    expect(counts.map(outputOf)).toEqual(runs.map(() => 1));
  });

  it('give every execution of code a context of its own, even within a run', async () => {
    await test.code('globalThis.left = 1; Array.prototype.left = 2; return 0;');
    expect(outputOf(await test.code('return [globalThis.left ?? null, [].left ?? null];'))).toEqual([null, null]);
  });

  it('do not let an expression leave anything for the next', async () => {
    const leave = '($f := function($x){$x}; $f.environment.bind("left", 1); $f.environment.global.left)';
    await test.sandbox.evaluate(leave, {}, 20_000);
    const seen = await test.sandbox.evaluate('$exists($left) or $exists($f)', {}, 20_000);
    expect(seen).toEqual({ ok: true, value: false });
  });

  it('survive keys that look like parts of the language', async () => {
    const params = { expression: '{ "toString": 1, "constructor": input.in, "hasOwnProperty": 2 }' };
    const input = { in: 5 };
    const scope = { input: { in: 5 } } as never;
    const result = await test.run({ nodeType: 'core.map', params, input, scope });
    expect(outputOf(result)).toEqual({ toString: 1, constructor: 5, hasOwnProperty: 2 });
  });
});

it('starts context after context without running an innocent step into the memory limit', async () => {
  const test = await startSandbox({});
  try {
    const results = await Promise.all(Array.from({ length: 400 }, () => test.code('return 1;', { timeoutMs: 30_000 })));
    expect(new Set(results.map(outputOf))).toEqual(new Set([1]));
  } finally {
    await test.stop();
  }
});
