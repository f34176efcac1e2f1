import { describe, expect, it } from 'vitest';
import { aChain, aStore } from '../testing.ts';
import { isDirty, maySave } from './autosave.ts';

describe('autosave', () => {
  it('has nothing to save in a flow just opened', () => {
    expect(maySave(aStore(aChain()).getState())).toBe(false);
  });

  it('saves after a change, and not while a save is under way', () => {
    const store = aStore(aChain());
    store.getState().apply({ op: 'remove-node', id: 'b' });
    expect(maySave(store.getState())).toBe(true);
    store.getState().setDraft({ save: { kind: 'saving' } });
    expect(maySave(store.getState())).toBe(false);
  });

  it('never saves over what somebody else changed', () => {
    const store = aStore(aChain());
    store.getState().apply({ op: 'remove-node', id: 'b' });
    store.getState().setDraft({ save: { kind: 'conflict', by: 'Anna' } });
    expect(isDirty(store.getState())).toBe(true);
    expect(maySave(store.getState())).toBe(false);
  });

  it('tries again after a failed save', () => {
    const store = aStore(aChain());
    store.getState().apply({ op: 'remove-node', id: 'b' });
    store.getState().setDraft({ save: { kind: 'failed', what: 'No answer.', fix: 'Wait.' } });
    expect(maySave(store.getState())).toBe(true);
  });
});
