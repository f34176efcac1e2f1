import { expect, it } from 'vitest';
import { aCatalog, aFlow } from '../test/builders.ts';
import { copySelection, parseFragment, pasteFragment, uniqueNodeId } from './clipboard.ts';
import { applyOperation } from './operations.ts';
import { validateFlow } from './validate-flow.ts';

const flow = aFlow(
  {
    start: { type: 'core.webhook' },
    each: { type: 'core.for-each', params: { items: 'steps.start.lines' } },
    inner: {
      type: 'crm.upsert',
      parent: 'each',
      params: { object: 'A' },
      connections: { account: 'crm', other: 'con_1F' },
    },
    later: { type: 'core.if', parent: 'each', params: { condition: 'steps.inner.ok and input.note = "steps.inner"' } },
    end: { type: 'core.set', params: { fields: { n: [{ $: '$count(steps.each)' }] } } },
  },
  ['start.received>each.in', 'inner.done>later.in', 'each.done>end.in'],
  { layout: { each: { x: 100, y: 50 }, inner: { x: 24, y: 56 }, end: { x: 400, y: 80 } } },
);

it('copies a container with all that lies in it, and only the edges among them', () => {
  const fragment = copySelection(flow, ['each', 'end']);
  expect(Object.keys(fragment.nodes)).toEqual(['each', 'inner', 'later', 'end']);
  expect(fragment.edges).toHaveLength(2);
});

it('leaves connections of this workspace behind and keeps roles', () => {
  expect(copySelection(flow, ['inner']).nodes['inner']).toMatchObject({ connections: { account: 'crm' } });
  expect(copySelection(flow, ['inner']).nodes['inner']).not.toHaveProperty('parent');
});

it('pastes under fresh ids and makes expressions follow them', () => {
  const fragment = copySelection(flow, ['each', 'end']);
  const { operation, newIds } = pasteFragment(flow, fragment, { x: 1_000, y: 0 }, { catalog: aCatalog() });
  const { flow: pasted, inverse } = applyOperation(flow, operation);
  expect(newIds).toEqual({ each: 'each2', inner: 'inner2', later: 'later2', end: 'end2' });
  expect(pasted.nodes['later2']).toMatchObject({
    parent: 'each2',
    params: { condition: 'steps.inner2.ok and input.note = "steps.inner"' },
  });
  expect(pasted.nodes['end2']?.params).toEqual({ fields: { n: [{ $: '$count(steps.each2)' }] } });
  expect(pasted.nodes['each2']?.params).toEqual({ items: 'steps.start.lines' });
  expect(pasted.edges).toHaveProperty(['inner2.done>later2.in']);
  expect(pasted.layout).toMatchObject({
    each2: { x: 1_000, y: 0 },
    inner2: { x: 24, y: 56 },
    end2: { x: 1_300, y: 30 },
  });
  expect(applyOperation(pasted, inverse).flow).toEqual(flow);
});

it('keeps ids that are free, and pastes into a container', () => {
  const empty = aFlow({ box: { type: 'core.for-each', params: { items: 'input' } } });
  const { operation } = pasteFragment(empty, copySelection(flow, ['end']), { x: 0, y: 0 }, { parent: 'box' });
  expect(applyOperation(empty, operation).flow.nodes['end']).toMatchObject({ parent: 'box' });
});

it('never gives two pasted nodes one id', () => {
  const crowded = aFlow({ a: { type: 'core.set' }, a2: { type: 'core.set' } });
  const { newIds } = pasteFragment(crowded, copySelection(crowded, ['a', 'a2']), { x: 0, y: 0 });
  expect(newIds).toEqual({ a: 'a3', a2: 'a4' });
});

it('pastes a whole flow into an empty one without new problems', () => {
  const empty = aFlow({});
  const { operation } = pasteFragment(
    empty,
    copySelection(flow, Object.keys(flow.nodes)),
    { x: 0, y: 0 },
    { catalog: aCatalog() },
  );
  const pasted = applyOperation(empty, operation).flow;
  const broken = validateFlow(pasted, aCatalog()).filter((problem) => problem.severity === 'error');
  expect(broken).toEqual([]);
});

it('tells a fragment from any other clipboard text', () => {
  const text = JSON.stringify(copySelection(flow, ['end']));
  expect(parseFragment(text)).toMatchObject({ waybill: 'fragment' });
  for (const other of ['', 'hello', '{}', '[1]', text.replace('fragment', 'x')])
    expect(parseFragment(other)).toBeNull();
});

it('makes an id out of any title', () => {
  expect(uniqueNodeId(flow, 'Create project!')).toBe('Createproject');
  expect(uniqueNodeId(flow, '3 steps')).toBe('steps');
  expect(uniqueNodeId(flow, '会議')).toBe('step');
  expect(uniqueNodeId(flow, 'end')).toBe('end2');
});
