import { describe, expect, it } from 'vitest';
import { partNeeds } from './run-part.ts';
import { aChain, catalog } from './testing.ts';

describe('running a part', () => {
  it('wants an input for a run to a step, which begins at the trigger', () => {
    expect(partNeeds(aChain(), catalog, { kind: 'up-to', node: 'a' })).toEqual({
      triggers: ['start'],
      lent: [],
      startsAtTrigger: true,
    });
  });

  it('wants the outputs of the steps before a step that runs alone, but not pinned ones', () => {
    const flow = { ...aChain(), pins: { start: { port: 'fired', value: 1 } } };
    expect(partNeeds(flow, catalog, { kind: 'only', node: 'b' })).toEqual({
      triggers: ['start'],
      lent: ['a'],
      startsAtTrigger: false,
    });
  });

  it('knows no part of a step that is gone', () => {
    expect(partNeeds(aChain(), catalog, { kind: 'from', node: 'gone' })).toBeNull();
  });
});
