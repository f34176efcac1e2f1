import { describe, expect, it } from 'vitest';
import { aChain, aNode, aStore } from '../testing.ts';

const type = (store: ReturnType<typeof aStore>, text: string) =>
  store
    .getState()
    .apply(
      { op: 'put-node', id: 'a', node: aNode('test.work', { params: { text } }) },
      { mergeKey: 'a.text', label: 'Edit' },
    );

describe('the document', () => {
  it('takes a change back and brings it again exactly', () => {
    const flow = aChain();
    const store = aStore(flow);
    store.getState().apply({ op: 'remove-node', id: 'a' });
    const without = store.getState().flow;
    store.getState().undo();
    expect(store.getState().flow).toEqual(flow);
    store.getState().redo();
    expect(store.getState().flow).toEqual(without);
  });

  it('makes one undo step of quick typing in one field', () => {
    let now = 0;
    const flow = aChain();
    const store = aStore(flow, { now: () => now });
    for (const text of ['h', 'he', 'hel']) {
      type(store, text);
      now += 200;
    }
    expect(store.getState().history.past).toHaveLength(1);
    store.getState().undo();
    expect(store.getState().flow).toEqual(flow);
  });

  it('starts a new undo step after a pause in typing', () => {
    let now = 0;
    const store = aStore(aChain(), { now: () => now });
    type(store, 'h');
    now += 5_000;
    type(store, 'he');
    store.getState().undo();
    expect(store.getState().flow.nodes['a']?.params['text']).toBe('h');
  });

  it('does not merge changes of different fields', () => {
    const store = aStore(aChain(), { now: () => 0 });
    type(store, 'h');
    store.getState().apply({ op: 'set-header', name: 'Other', description: null }, { mergeKey: 'name' });
    expect(store.getState().history.past).toHaveLength(2);
  });

  it('forgets what was undone once something new is done', () => {
    const store = aStore(aChain());
    store.getState().apply({ op: 'remove-node', id: 'b' });
    store.getState().undo();
    store.getState().apply({ op: 'remove-node', id: 'a' });
    const { flow } = store.getState();
    store.getState().redo();
    expect(store.getState().flow).toBe(flow);
  });

  it('merges changes that restore different things by undoing both', () => {
    const flow = aChain();
    const store = aStore(flow, { now: () => 0 });
    store.getState().apply({ op: 'set-box', id: 'a', box: { x: 1, y: 1 } }, { mergeKey: 'move' });
    store.getState().apply({ op: 'set-box', id: 'b', box: { x: 2, y: 2 } }, { mergeKey: 'move' });
    store.getState().undo();
    expect(store.getState().flow).toEqual(flow);
  });

  it('changes nothing for a person who may only look', () => {
    const flow = aChain();
    const store = aStore(flow, { readOnly: true });
    store.getState().apply({ op: 'remove-node', id: 'a' });
    expect(store.getState().flow).toBe(flow);
  });
});
