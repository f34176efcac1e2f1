import { expect, it } from 'vitest';
import { aCatalog, aFlow } from '../test/builders.ts';
import { applyOperation } from './operations.ts';
import { renameNode } from './rename-node.ts';

const flow = (id: string) =>
  aFlow(
    {
      start: { type: 'core.webhook' },
      [id]: { type: 'core.for-each', params: { items: 'input' } },
      inner: { type: 'core.set', parent: id },
      end: { type: 'core.if', params: { condition: `$count(steps.${id}) > 1 and input.${id}` } },
    },
    [`start.received>${id}.in`, `${id}.done>end.in`],
    { layout: { [id]: { x: 1, y: 2 } }, pins: { [id]: { port: 'done', value: [] } } },
  );

it('takes edges, contents, box, pin and expressions along', () => {
  const operation = renameNode(flow('each'), 'each', 'lines', aCatalog());
  const renamed = applyOperation(flow('each'), operation ?? { op: 'batch', operations: [] });
  const wanted = flow('lines');
  const end = { ...wanted.nodes['end'], params: { condition: '$count(steps.lines) > 1 and input.each' } };
  expect(renamed.flow).toEqual({ ...wanted, nodes: { ...wanted.nodes, end } });
  expect(applyOperation(renamed.flow, renamed.inverse).flow).toEqual(flow('each'));
});

it('refuses an id that is taken or cannot be one, and a node that does not exist', () => {
  for (const [from, to] of [
    ['each', 'end'],
    ['each', 'a-b'],
    ['gone', 'x'],
    ['each', 'each'],
  ] as const) {
    expect(renameNode(flow('each'), from, to, aCatalog())).toBeNull();
  }
});
