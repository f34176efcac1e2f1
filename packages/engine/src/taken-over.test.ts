import type { Flow, FlowVersionId } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import { aFlow, testDefinitions } from './testing/flow-builder.ts';
import { refused } from './testing/scripted-node-host.ts';
import { testBench } from './testing/test-bench.ts';

const second = 'second' as FlowVersionId;
const each = { is: 'each' } as const;
const first = aFlow(
  { start: 'trigger', a: 'keyed', loop: each, b: { is: 'keyed', parent: 'loop' }, n: 'natural', last: 'once' },
  ['start>a', 'a>loop', 'loop>n', 'n>last'],
);
const edges = Object.values(first.edges);

/** What the chosen version cannot take over of a run that wrote all but its last step. */
async function lostIn(changed: (flow: Flow) => Flow, effects: 'skip-confirmed' | 'write-again' = 'skip-confirmed') {
  const base = testDefinitions(first);
  const next = changed(structuredClone(first));
  const bench = testBench(
    first,
    { 'test.once': () => refused },
    {
      definitions: {
        ...base,
        version: async (id) => (id === second ? { versionId: id, versionNumber: 2, flow: next } : base.version(id)),
      },
    },
  );
  const runId = await bench.start([1, 2]);
  expect(await bench.summary(runId)).toMatchObject({ status: 'failed' });
  const { lost } = await bench.engine.previewReplay(runId, { versionId: second, effects });
  return lost.map(({ what }) => what);
}
const withNode = (id: string, given: object) => (flow: Flow) => ({
  ...flow,
  nodes: { ...flow.nodes, [id]: { ...flow.nodes[id], ...given } as never },
});
const without = (id: string) => (flow: Flow) => {
  const { [id]: _gone, ...nodes } = flow.nodes;
  const kept = edges.filter(({ from, to }) => from.node !== id && to.node !== id);
  return { ...flow, nodes, edges: Object.fromEntries(kept.map((edge, n) => [`e${n}`, edge])) } as Flow;
};

describe('a version that a run is repeated on', () => {
  it('takes over a run where it differs only in what is not written yet, or writes the same place', async () => {
    expect(await lostIn(withNode('last', { params: { x: 1 } }))).toEqual([]);
    expect(await lostIn(withNode('n', { params: { x: 1 } }))).toEqual([]);
    expect(await lostIn(without('last'))).toEqual([]);
  });

  it('says which step that wrote is gone, switched off, moved or another one', async () => {
    expect(await lostIn(without('a'))).toEqual([expect.stringMatching(/no step "test.keyed" any more/)]);
    expect(await lostIn(withNode('a', { disabled: true }))).toEqual([expect.stringMatching(/switched off/)]);
    expect(await lostIn(withNode('a', { type: 'test.once' }))).toEqual([expect.stringMatching(/another kind of step/)]);
    expect(await lostIn(withNode('b', { parent: undefined }))).toEqual([
      expect.stringMatching(/another loop or group/),
    ]);
  });

  it('says which step would write a second time because its fields differ, once for all its items', async () => {
    expect(await lostIn(withNode('b', { params: { x: 1 } }))).toEqual([expect.stringMatching(/a second time/)]);
    expect(await lostIn(withNode('b', { params: { x: 1 } }), 'write-again')).toEqual([]);
  });
});
