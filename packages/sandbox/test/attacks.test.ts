// One tiny test per way of taking a process down: the step ends with the name of the limit, this process
// lives, and the next step works.
import type { RunId } from '@waybill/flow-model';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { TestSandbox } from './harness.ts';
import { outputOf, startSandbox } from './harness.ts';

let test: TestSandbox;
beforeAll(async () => {
  test = await startSandbox({ limits: { runnerRssMb: 512 } });
});
afterAll(() => test.stop());
afterEach(async () => {
  expect(outputOf(await test.code('return "alive";'))).toBe('alive');
});

/** Which of the limits V8 hits first depends on the moment of its collections; all of them are ours. */
const memoryLimits = ['SANDBOX_MEMORY', 'SANDBOX_CRASHED'];

it.each([
  ['lists of lists', 'let a = []; while (true) a = [a, [a]];'],
  ['many objects', 'const a = []; while (true) a.push({ a: 1 });'],
  ['many strings', 'const a = []; while (true) a.push("x".repeat(1000) + a.length);'],
  ['many lists of numbers', 'const a = []; while (true) a.push(new Array(1000).fill(1.5));'],
  ['a list that doubles', 'let a = [1]; while (true) a = a.concat(a);'],
  ['a map that grows', 'const a = new Map(); let i = 0; while (true) a.set(i++, {});'],
  ['an object with ever more keys', 'const a = {}; let i = 0; while (true) a["k" + i++] = 1;'],
  ['one huge list', 'return new Array(2 ** 28).fill(0).length;'],
  ['a huge string split up', 'return "x".repeat(2 ** 28).split("").length;'],
])('stops %s at the memory limit', async (_name, source) => {
  const result = await test.code(source, { timeoutMs: 150_000 });
  expect(memoryLimits).toContain(outputOf(result));
});

it.each([
  ['an endless loop', 'while (true) {}'],
  ['an endless loop after an await', 'await 0; while (true) {}'],
  ['an endless chain of promises', 'const next = () => Promise.resolve().then(next); await next();'],
  ['a regular expression that never ends', 'return /(a+)+$/.test("a".repeat(60) + "b");'],
  ['a number that squares itself', 'let a = 3n; while (true) a *= a;'],
])('stops %s at the time limit', async (_name, source) => {
  // None of them ends by itself within the time of this test: that there is a result says that it was stopped.
  expect(outputOf(await test.code(source, { timeoutMs: 200 }))).toBe('SANDBOX_TIMEOUT');
});

it('tells at once that a promise can never settle', async () => {
  const result = await test.code('await new Promise(() => {});', { timeoutMs: 60_000 });
  expect(outputOf(result)).toBe('SANDBOX_TIMEOUT');
});

it.each([
  ['endless recursion', 'const f = () => f() + 1; return f();'],
  ['buffers without end', 'const a = []; while (true) a.push(new Uint8Array(1e6).fill(1));'],
  ['a huge buffer', 'return new ArrayBuffer(2 ** 40).byteLength;'],
  ['a huge string', 'return "x".repeat(2 ** 30).length;'],
  ['a huge regular expression', 'return new RegExp("(".repeat(1e5) + ")".repeat(1e5)).test("");'],
])('turns %s into an error of the code', async (_name, source) => {
  expect(outputOf(await test.code(source))).toBe('CODE_FAILED');
});

it.each([
  ['shared memory', 'return typeof SharedArrayBuffer;', 'undefined'],
  ['WebAssembly', 'return typeof WebAssembly;', 'undefined'],
  ['atomics', 'return typeof Atomics;', 'undefined'],
  ['buffers that grow', 'return String(new ArrayBuffer(8, { maxByteLength: 2 ** 30 }).resize);', 'undefined'],
  [
    'buffers that grow by inheritance',
    'class B extends ArrayBuffer { constructor() { super(8, { maxByteLength: 2 ** 30 }); } } return new B().byteLength;',
    8,
  ],
  [
    'the constructor behind a buffer',
    'return String(new (new Uint8Array(8).buffer.constructor)(8, { maxByteLength: 64 }).maxByteLength);',
    'undefined',
  ],
  [
    'the legacy matches of regular expressions',
    '/secret/.exec("secret"); return typeof RegExp.lastMatch;',
    'undefined',
  ],
  ['modules', 'return import("node:fs").then(() => "in", () => "out");', 'out'],
  ['the process', 'return typeof process + typeof require + typeof fetch + typeof setTimeout;', 'undefined'.repeat(4)],
])('keeps %s out of reach', async (_name, source, expected) => {
  expect(outputOf(await test.code(source))).toBe(expected);
});

it.each([
  ['a result that is too large', 'return "x".repeat(17 * 1024 * 1024);', 'OUTPUT_TOO_LARGE'],
  ['a result that explodes when written', 'return { toJSON: () => { while (true) {} } };', 'SANDBOX_TIMEOUT'],
  ['a result that throws when written', 'return { toJSON() { throw 1; } };', 'OUTPUT_INVALID'],
  ['a getter that throws', 'return { get a() { throw new Error("no"); } };', 'OUTPUT_INVALID'],
  [
    'a hostile proxy',
    'return new Proxy({}, { get() { throw new Error("no"); }, ownKeys() { throw 1; } });',
    'CODE_FAILED',
  ],
  ['a circle', 'const a = {}; a.a = a; return a;', 'OUTPUT_INVALID'],
  ['a function', 'return () => 1;', 'OUTPUT_INVALID'],
  ['a big integer', 'return 1n;', 'OUTPUT_INVALID'],
  ['a thrown nothing', 'throw undefined;', 'CODE_FAILED'],
  ['a thrown text', 'throw "no";', 'CODE_FAILED'],
  ['a thrown proxy', 'throw new Proxy({}, { get() { throw 1; } });', 'CODE_FAILED'],
  ['an error whose message throws', 'throw { get message() { throw 1; } };', 'CODE_FAILED'],
  ['code that is no code', 'return ((;', 'CODE_INVALID'],
])('gives a clean error for %s', async (_name, source, code) => {
  const result = await test.code(source, { timeoutMs: code === 'SANDBOX_TIMEOUT' ? 1_000 : 20_000 });
  expect(outputOf(result)).toBe(code);
});

it.each([
  ['endless recursion', '($f := function($x){ $f($x) + 1 }; $f(1))', 'EXPRESSION_FAILED'],
  // Each call is one more promise that waits: which limit it meets first depends on the machine.
  ['an endless tail call', '($f := function($x){ $f($x) }; $f(1))', 'SANDBOX_TIMEOUT', 'SANDBOX_MEMORY'],
  ['a range without measure', '[1..100000000]', 'EXPRESSION_FAILED'],
  [
    'a regular expression that never ends',
    '$match("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", /(a+)+$/)',
    'SANDBOX_TIMEOUT',
  ],
  ['a function as a result', '$sum', 'EXPRESSION_FAILED'],
  ['nonsense', '$foo(', 'EXPRESSION_FAILED'],
])('stops an expression with %s', async (_name, expression, ...codes) => {
  const result = await test.sandbox.evaluate(expression, {}, codes.includes('SANDBOX_TIMEOUT') ? 500 : 20_000);
  expect(codes).toContain(result.ok ? null : result.error.code);
});

it('stops an expression that fills the memory', async () => {
  const result = await test.run({
    nodeType: 'core.map',
    params: { expression: '[1..9000000].{ "a": $, "b": $string($) }' },
    timeoutMs: 150_000,
  });
  expect(memoryLimits).toContain(outputOf(result));
});

it('refuses a result that is nested too deeply for whoever reads it next', async () => {
  const result = await test.code('let a = 1; for (let i = 0; i < 5000; i++) a = { a }; return a;');
  expect(result).toMatchObject({ ok: false, error: { code: 'OUTPUT_INVALID', owner: 'user' } });
});

it('shows the lines of the author in the stack of a failed code node', async () => {
  const result = await test.code(
    'const a: number = 1;\n\nfunction inner(): never {\n  throw new RangeError("bad");\n}\ninner();',
  );
  expect(result).toMatchObject({ ok: false, error: { code: 'CODE_FAILED', what: 'RangeError: bad' } });
  const stack = result.ok ? '' : (result.error.stack ?? '');
  expect(stack).toContain('code.ts:4:9');
  expect(stack).toContain('code.ts:6:1');
  expect(stack).not.toMatch(/guest|node:/);
});

it.each([
  ['code', { nodeType: 'core.code', params: { source: 'while (true) {}' } }],
  ['an expression', { nodeType: 'core.map', params: { expression: '($f := function($n){$f($n)}; $f(1))' } }],
])('lets all other steps go on while %s loops', async (_name, loop) => {
  const ended: string[] = [];
  const note = (name: string) => (result: { ok: boolean }) => ended.push(`${name} ${result.ok}`);
  const others = () => [
    test.code('return 1;', { runId: 'run-2' as RunId }).then(note('other')),
    test.run({ nodeType: 'core.map', params: { expression: '1 + 1' }, runId: 'run-3' as RunId }).then(note('other')),
  ];
  const stop = new AbortController();
  const loops = ['run-1', 'run-4'].map((runId) =>
    test.run({ ...loop, runId: runId as RunId, timeoutMs: 120_000 }, stop.signal).then(note('loop')),
  );
  // Some come in the same moment and have to move away, the others find the isolate taken.
  await Promise.all(others());
  await Promise.all(others());
  expect(ended).toEqual(['other true', 'other true', 'other true', 'other true']);
  stop.abort();
  await Promise.all(loops);
  expect(ended.slice(4)).toEqual(['loop false', 'loop false']);
});
