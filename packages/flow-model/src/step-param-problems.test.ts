import { expect, it } from 'vitest';
import { aCatalog, aFlow, aManifest } from '../test/builders.ts';
import { graphOf } from './graph.ts';
import { applyOperation } from './operations.ts';
import { renameNode } from './rename-node.ts';
import { stepsToGoBackTo } from './step-param-problems.ts';
import { validateFlow } from './validate-flow.ts';

const anything = { label: 'Any', schema: {} };
const catalog = aCatalog(
  aManifest('test.raise', {
    params: {
      how: { kind: 'text', label: 'How', default: 'back' },
      backTo: {
        kind: 'step',
        label: 'Go back to',
        expression: false,
        optional: true,
        when: { param: 'how', is: ['back'] },
      },
    },
    outputs: { out: anything },
  }),
  aManifest('test.two', { inputs: { a: anything, b: anything } }),
  aManifest('test.book', {
    traits: {
      effect: 'write',
      timeoutMs: 1_000,
      retry: { attempts: 1, firstDelayMs: 1, maxDelayMs: 1 },
      idempotency: { how: 'key', rememberedForMs: 1_000 },
    },
  }),
);
const set = { type: 'core.set' };
/** start -> check -> book -> verify -> raise, with a loop and a step beside. */
const flowOf = (backTo: unknown, more: object = {}) =>
  aFlow(
    {
      start: { type: 'core.webhook' },
      check: set,
      off: { ...set, disabled: true },
      two: { type: 'test.two' },
      book: { type: 'test.book' },
      verify: set,
      each: { type: 'core.for-each', params: { items: 'input' } },
      inner: { ...set, parent: 'each' },
      raise: { type: 'test.raise', params: { backTo: backTo as string, ...more } },
      later: set,
    },
    [
      ...['start.received>check.in', 'check.out>off.in', 'off.out>two.a', 'two.out>book.in', 'book.out>verify.in'],
      ...['check.out>each.in', 'verify.out>raise.in', 'raise.out>later.in'],
    ],
  );
const found = (backTo: unknown, more: object = {}) =>
  validateFlow(flowOf(backTo, more), catalog).filter(({ nodeId, field }) => nodeId === 'raise' && field === 'backTo');

it('says of a step that a run cannot go back to what is wrong and which can be chosen', () => {
  const code = (backTo: unknown) => found(backTo).map((problem) => `${problem.severity} ${problem.code}`);
  expect(code('verify')).toEqual([]);
  expect(code('nowhere')).toEqual(['error STEP_UNKNOWN']);
  expect(code('inner')).toEqual(['error STEP_ELSEWHERE']);
  expect(code('start')).toEqual(['error STEP_IS_TRIGGER']);
  expect(code('later')).toEqual(['error STEP_NOT_BEFORE']);
  expect(code('raise')).toEqual(['error STEP_NOT_BEFORE']);
  expect(code('off')).toEqual(['error STEP_DISABLED']);
  expect(code('two')).toEqual(['error STEP_SEVERAL_INPUTS']);
  expect(code('')).toEqual(['error STEP_MISSING']);
  expect(code({ $: 'input.step' })).toEqual(['error PARAM_EXPRESSION_REFUSED']);
  expect(found('verfy')[0]).toMatchObject({ what: 'there is no step "verfy"', fix: 'choose "verify"' });
  expect(found('later')[0]?.fix).toBe('choose a step before this one: check, two, book, verify');
});

it('warns of a write on the way that other data would make a second time', () => {
  expect(found('check')).toMatchObject([
    { severity: 'warning', code: 'STEP_WRITTEN_TWICE', what: expect.stringContaining('"book" writes on the way') },
  ]);
});

it('asks nothing of a step that the form does not show', () => {
  expect(found('nowhere', { how: 'on' })).toEqual([]);
});

it('offers the steps of the same container that lead to it', () => {
  expect(stepsToGoBackTo(graphOf(flowOf('check')), catalog, 'raise')).toEqual(['check', 'two', 'book', 'verify']);
});

it('follows a step that is given another name', () => {
  const before = flowOf('verify');
  const operation = renameNode(before, 'verify', 'proof', catalog);
  if (!operation) throw new Error('the new name is free');
  expect(applyOperation(before, operation).flow.nodes['raise']?.params['backTo']).toBe('proof');
});
