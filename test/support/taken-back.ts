/** Flows that create a project in Kantata and then fail, so that a test can see it taken back. */
import { edgeId, type Flow, type FlowNode, flowIdSchema } from '@waybill/flow-model';
import type { DemoPlatform } from './demo-platform.ts';

const box = (column: number, row: number) => ({ x: column * 320, y: row * 140 });

/** @param undo what the group around the steps does when one fails; null: there is no group. */
export function failingProjectFlow(id: string, undo: 'automatically' | 'after-approval' | null): Flow {
  const parent = undo === null ? {} : { parent: 'group' };
  const nodes: Record<string, FlowNode> = {
    start: { type: 'core.manual', version: 1, params: {} },
    project: {
      type: 'kantata.create-project',
      version: 1,
      title: 'Create the project',
      connections: { account: 'psa' },
      params: { projectTitle: { $: 'trigger.name' }, ref: { $: 'trigger.name' }, currency: 'EUR' },
      ...parent,
    },
    refuse: { type: 'core.fail', version: 1, title: 'Refuse', params: { code: 'REFUSED', message: 'No.' }, ...parent },
    ...(undo === null
      ? {}
      : { group: { type: 'core.scope', version: 1, title: 'Set up the project', params: { undo } } }),
  };
  const wires: [string, string][] =
    undo === null
      ? [
          ['start.submitted', 'project.in'],
          ['project.done', 'refuse.in'],
        ]
      : [
          ['start.submitted', 'group.in'],
          ['project.done', 'refuse.in'],
        ];
  const ref = (text: string) => ({ node: text.split('.')[0] ?? '', port: text.split('.')[1] ?? '' });
  const edges = wires.map(([from, to]) => ({ from: ref(from), to: ref(to) }));
  return {
    formatVersion: 1,
    id: flowIdSchema.parse(id),
    name: id,
    nodes,
    edges: Object.fromEntries(edges.map((edge) => [edgeId(edge), edge])),
    settings: { businessKey: { $: 'trigger.name' }, orderingKey: { $: 'trigger.name' } },
    layout: {
      start: box(0, 0),
      project: undo === null ? box(1, 0) : { x: 40, y: 70 },
      refuse: undo === null ? box(2, 0) : { x: 360, y: 70 },
      ...(undo === null ? {} : { group: { ...box(1, 0), width: 680, height: 200 } }),
    },
    notes: {},
    pins: {},
  };
}

/** Publishes the flow and runs it once for a project of this name. */
export async function runOnce({ api }: Pick<DemoPlatform, 'api'>, flow: Flow, name: string): Promise<string> {
  const known = await api('listFlows', { query: { text: flow.name } });
  if (!known.items.some((each) => each.id === flow.id)) {
    const { summary } = await api('createFlow', { body: { name: flow.name, flow } });
    const { id: flowId, revision } = summary;
    await api('publishFlow', { params: { flowId }, body: { revision, note: 'first' } });
  }
  const { runId } = await api('runFlow', { params: { flowId: flow.id }, body: { of: 'published', input: { name } } });
  return runId;
}
