import { expect, it } from 'vitest';
import { aFlow } from '../test/builders.ts';
import type { FlowPart } from './flow-part.ts';
import { flowPartNodes } from './flow-part.ts';

const flow = aFlow(
  {
    start: { type: 'core.webhook' },
    a: { type: 'core.set' },
    side: { type: 'core.set' },
    each: { type: 'core.for-each' },
    inner: { type: 'core.set', parent: 'each' },
    after: { type: 'core.set' },
  },
  ['start.received>a.in', 'start.received>side.in', 'a.done>each.in', 'each.done>after.in', 'side.done>after.in'],
);
const nodesOf = (kind: FlowPart['kind'], node: string) => {
  const part = flowPartNodes(flow, { kind, node });
  return part && { target: part.target, runs: [...part.runs].toSorted(), before: [...part.before].toSorted() };
};

it('runs all that leads to a step, and nothing beside it', () => {
  expect(nodesOf('up-to', 'a')).toEqual({ target: 'a', runs: ['a', 'start'], before: [] });
});

it('runs one step alone on the data of those before it', () => {
  expect(nodesOf('only', 'after')).toEqual({
    target: 'after',
    runs: ['after'],
    before: ['a', 'each', 'side', 'start'],
  });
});

it('runs a step and what follows, on data of every other step that leads there', () => {
  expect(nodesOf('from', 'a')).toEqual({
    target: 'a',
    runs: ['a', 'after', 'each', 'inner'],
    before: ['side', 'start'],
  });
});

it('runs the whole container when the step lies in one', () => {
  expect(nodesOf('only', 'inner')).toEqual({ target: 'each', runs: ['each', 'inner'], before: ['a', 'start'] });
});

it('knows no part of a step that does not exist', () => {
  expect(nodesOf('only', 'gone')).toBeNull();
});
