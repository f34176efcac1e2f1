import { describe, expect, it } from 'vitest';
import { aChain, aStore } from '../testing.ts';
import type { CanvasPort } from './editor-commands.ts';
import { editorCommands } from './editor-commands.ts';

const still: CanvasPort = {
  zoomIn: () => undefined,
  zoomOut: () => undefined,
  zoomTo: () => undefined,
  fit: () => undefined,
  reveal: () => undefined,
  middle: () => ({ x: 400, y: 300 }),
  copy: () => undefined,
  paste: () => undefined,
  tidy: () => undefined,
  pin: () => undefined,
  runPart: () => undefined,
};
const all = { edit: true, publish: true, run: true };
const setUp = (rights = all, canvas = still) => {
  const store = aStore(aChain());
  const commands = editorCommands(store, canvas, rights);
  const get = (id: string) => commands.find((command) => command.id === id)!;
  return { store, commands, get, perform: (id: string) => get(id).perform(), state: () => store.getState() };
};

describe('the command table', () => {
  it('gives each shortcut to one command only', () => {
    const shortcuts = setUp().commands.flatMap((command) => command.shortcuts ?? []);
    expect(shortcuts.filter((shortcut, index) => shortcuts.indexOf(shortcut) !== index)).toEqual([]);
  });

  it('has the keys people know from other tools', () => {
    const { commands } = setUp();
    const keys = Object.fromEntries(
      commands.flatMap((command) => (command.shortcuts ?? []).map((key) => [key, command.id])),
    );
    expect(keys).toMatchObject({
      N: 'flow.add',
      Tab: 'flow.add',
      'Mod+Z': 'edit.undo',
      'Mod+Y': 'edit.redo',
      'Mod+Shift+Z': 'edit.redo',
      'Mod+D': 'edit.duplicate',
      'Mod+Enter': 'flow.run',
      'Shift+P': 'flow.publish',
      F2: 'step.rename',
      D: 'step.disable',
      P: 'step.pin',
      'Mod+Delete': 'edit.delete-reconnect',
      'Shift+S': 'step.note',
    });
  });

  it('runs a part of the flow from the one chosen step, and from no other selection', () => {
    const asked: unknown[] = [];
    const { store, get, perform } = setUp(all, { ...still, runPart: (part) => asked.push(part) });
    expect(get('step.run-only').enabled?.()).toBe(false);
    store.getState().select(['a', 'b']);
    expect(get('step.run-only').enabled?.()).toBe(false);
    store.getState().select(['a']);
    for (const kind of ['up-to', 'only', 'from']) perform(`step.run-${kind}`);
    expect(asked).toEqual([
      { kind: 'up-to', node: 'a' },
      { kind: 'only', node: 'a' },
      { kind: 'from', node: 'a' },
    ]);
  });

  it('offers nothing that changes the flow to a person who may only look', () => {
    const { store, get } = setUp({ edit: false, publish: false, run: false });
    store.getState().select(['a']);
    for (const id of ['flow.add', 'edit.delete', 'edit.paste', 'step.disable', 'flow.publish', 'flow.run'])
      expect(get(id).enabled?.()).toBe(false);
  });

  it('deletes the middle of a chain and joins its ends', () => {
    const { state, perform } = setUp();
    state().select(['a']);
    perform('edit.delete-reconnect');
    expect(Object.keys(state().flow.edges)).toEqual(['start.fired>b.in']);
    perform('edit.undo');
    expect(state().flow).toEqual(aChain());
  });

  it('adds a step behind the selected one, or in the middle of the view', () => {
    const { state, perform } = setUp();
    perform('flow.add');
    expect(state().nodePanel).toEqual({ at: { x: 400, y: 300 } });
    state().select(['b']);
    perform('flow.add');
    expect(state().nodePanel).toEqual({ from: { node: 'b', port: 'done' } });
  });

  it('walks along edges and selects what follows', () => {
    const { state, perform } = setUp();
    state().select(['start']);
    perform('walk.right');
    expect(state().selected).toEqual(['a']);
    perform('step.downstream');
    expect(state().selected).toEqual(['a', 'b']);
  });

  it('duplicates a step under a new id, without its edges, and selects the copy', () => {
    const { state, perform } = setUp();
    state().select(['a']);
    perform('edit.duplicate');
    expect(state().selected).toEqual(['a2']);
    expect(Object.keys(state().flow.edges)).toHaveLength(2);
  });

  it('turns steps off together, then on together', () => {
    const { state, perform } = setUp();
    state().select(['a', 'b']);
    perform('step.disable');
    expect(state().flow.nodes['a']?.disabled).toBe(true);
    perform('step.disable');
    expect(state().flow.nodes['b']?.disabled).toBeUndefined();
  });

  it('puts a note in the middle of the view', () => {
    const { state, perform } = setUp();
    perform('step.note');
    expect(state().flow.layout['note']).toMatchObject({ x: 288, y: 228 });
    expect(state().selected).toEqual(['note']);
  });
});
