// Steps that wait for the same context share a trip into its isolate; a limit that one of them hits is its own.
import type { RunId } from '@waybill/flow-model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestSandbox } from './harness.ts';
import { inlinePackage, outputOf, startSandbox } from './harness.ts';

const greedy = {
  ...inlinePackage(
    'greedy',
    `export const nodePackage = defineNodePackage({ name: 'greedy', credentials: [], nodes: [
      defineNode({ ...base, type: 'greedy.eat', run({ emit, input }) {
        const eaten = [];
        while (input.in.eats) eaten.push(new Array(1000).fill(eaten.length));
        return emit('done', input.in.n);
      } }),
    ] });`,
  ),
  shared: true,
};

let test: TestSandbox;
beforeAll(async () => {
  test = await startSandbox({ packages: [greedy] });
});
afterAll(() => test.stop());

const numbers = Array.from({ length: 24 }, (_, index) => index);

it('times out the endless expression and none of those next to it', async () => {
  const endless = '($f := function($n){ $f($n + 1) }; $f(0))';
  const results = await Promise.all(
    numbers.map((n) =>
      test.run({
        nodeType: 'core.map',
        runId: `run-${n}` as RunId,
        params: { expression: n === 7 ? endless : String(n) },
        timeoutMs: n === 7 ? 1_000 : 60_000,
      }),
    ),
  );
  expect(results.map(outputOf)).toEqual(numbers.map((n) => (n === 7 ? 'SANDBOX_TIMEOUT' : n)));
});

it('fails the step that fills the memory and none of those next to it', async () => {
  const results = await Promise.all(
    numbers.map((n) => {
      const input = { in: { n, eats: n === 7 } };
      return test.run({ nodeType: 'greedy.eat', runId: `run-${n}` as RunId, input, timeoutMs: 150_000 });
    }),
  );
  const [guilty] = results.map(outputOf).splice(7, 1);
  expect(['SANDBOX_MEMORY', 'SANDBOX_CRASHED']).toContain(guilty);
  expect(results.map(outputOf).toSpliced(7, 1)).toEqual(numbers.toSpliced(7, 1));
});
