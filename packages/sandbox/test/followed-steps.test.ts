// Steps handed along with another run in its trip; whatever limit they hit, the step before them keeps its result.
import type { NextStep, StepResult } from '@waybill/engine/ports';
import { nodeHostContract } from '@waybill/engine/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestSandbox } from './harness.ts';
import { aCall, inlinePackage, outputOf, startSandbox } from './harness.ts';

const pack = {
  ...inlinePackage(
    'walk',
    `const node = (type, run, more = {}) => defineNode({ ...base, type, run, ...more });
    export const nodePackage = defineNodePackage({ name: 'walk', credentials: [], nodes: [
      node('walk.on', ({ input, emit }) => emit('done', input.in)),
      node('walk.fail', () => { throw nodeError.user('WALK_LAME', { what: 'Lame.', fix: 'Rest.' }); }),
      node('walk.spoil', ({ input, emit }) => { input.in.spoilt = true; return emit('done', 1); }),
      node('walk.loop', () => { for (;;); }),
      node('walk.hang', () => new Promise(() => {})),
      node('walk.eat', () => { const eaten = []; for (;;) eaten.push(new Array(1000).fill(eaten.length)); }),
      node('walk.grow', () => { const text = 'x'.repeat(2 ** 28); return [...text].map((c) => [c]); }),
      node('walk.long', ({ emit }) => emit('done', 'x'.repeat(30_000))),
      node('walk.ask', async ({ http, emit }) => { await http.get('/x').catch(() => {}); return emit('done', 1); },
        { capabilities: { network: ['a.example'] } }),
    ] });`,
  ),
  shared: true,
};

let test: TestSandbox;
let asked = 0;
beforeAll(async () => {
  const http = async () => {
    asked += 1;
    return { status: 200, headers: {}, body: '{}' };
  };
  test = await startSandbox({ packages: [pack], capabilities: { http } });
});
beforeEach(() => {
  asked = 0;
});
afterAll(() => test.stop());

const next = (nodeType: string, given: Partial<NextStep> = {}): NextStep => ({
  port: 'done',
  step: nodeType,
  id: nodeType,
  nodeType,
  nodeVersion: 1,
  params: {},
  inputPort: 'in',
  known: { steps: {}, trigger: null },
  reads: [],
  triggerFrom: null,
  effectKey: 'effect-2',
  next: [],
  ...given,
});
const followed = (result: StepResult): unknown[] =>
  result.ok ? (result.followed ?? []).map((each) => [each.step, outputOf(each.result)]) : [];
const walk = (...steps: NextStep[]) =>
  test.run({ nodeType: 'walk.on', input: { in: { far: 1 } }, next: steps, timeoutMs: 20_000 });

nodeHostContract('the sandbox', {
  passesOn: { nodeType: 'walk.on', port: 'done' },
  fails: { nodeType: 'walk.fail', params: {} },
  host: () => test.sandbox,
  call: aCall,
});

describe('steps handed along', () => {
  it('take one trip', async () => {
    const before = test.sandbox.stats().executed;
    const result = await walk(next('walk.on', { next: [next('walk.spoil')] }));
    expect(followed(result)).toEqual([
      ['walk.on', { far: 1 }],
      ['walk.spoil', 1],
    ]);
    expect(test.sandbox.stats().executed).toBe(before + 1);
  });

  it('read outputs of the trip, the trigger and what was known before in expressions', async () => {
    const known = { steps: { old: 40 }, trigger: null };
    const expression = 'steps.first.far + steps.old + trigger.far + input.far + vars.rate';
    const result = await test.run({
      nodeType: 'core.map',
      step: 'first',
      params: { expression: '{ "far": 1 }' },
      next: [next('core.map', { params: { expression }, known, reads: ['first'], triggerFrom: 'first' })],
    });
    expect(followed(result)).toEqual([['core.map', 46]]);
  });

  it('hold no object of one another', async () => {
    const result = await walk(next('walk.spoil'), next('walk.on'));
    expect(outputOf(result)).toEqual({ far: 1 });
    expect(followed(result)).toContainEqual(['walk.on', { far: 1 }]);
  });

  it.each(['walk.loop', 'walk.hang', 'walk.eat', 'walk.grow'])(
    '%s leaves the step before it its result',
    async (bad) => {
      const result = await walk(next(bad, { next: [next('walk.on')] }));
      expect(outputOf(result)).toEqual({ far: 1 });
      expect(followed(result)).toEqual([]);
    },
  );

  it('come back long before the time limit when one of them takes its time', async () => {
    const begun = performance.now();
    const result = await test.run({ nodeType: 'walk.on', next: [next('walk.loop')], timeoutMs: 60_000 });
    expect(result.ok).toBe(true);
    expect(performance.now() - begun).toBeLessThan(40_000);
  });

  it('are left when they ask the host for something, before anything is sent', async () => {
    expect(followed(await walk(next('walk.ask')))).toEqual([]);
    const code = next('core.code', { params: { source: 'return 1' } });
    const result = await test.run({ nodeType: 'core.map', params: { expression: '1' }, next: [code] });
    expect([outputOf(result), followed(result)]).toEqual([1, []]);
    expect(asked).toBe(0);
  });

  it('do not go along with a step that asked the host for something', async () => {
    const result = await test.run({ nodeType: 'walk.ask', next: [next('walk.on')] });
    expect([outputOf(result), followed(result), asked]).toEqual([1, [], 1]);
  });

  it('are left behind a large output, and in another package', async () => {
    expect(followed(await walk(next('walk.long', { next: [next('walk.on')] })))).toEqual([
      ['walk.long', 'x'.repeat(30_000)],
    ]);
    expect(followed(await walk(next('core.map', { params: { expression: '1' } })))).toEqual([]);
  });

  it('keep apart in shared trips', async () => {
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        test.run({
          nodeType: 'walk.on',
          input: { in: n },
          next: [next(n === 7 ? 'walk.loop' : 'walk.on', { next: [next('walk.on')] })],
          timeoutMs: 20_000,
        }),
      ),
    );
    expect(results.map(outputOf)).toEqual(results.map((_, n) => n));
  });
});
