import type { Flow, FlowPart, NodeCatalog, NodeId, Pin } from '@waybill/flow-model';
import { flowPartNodes } from '@waybill/flow-model';
import { api } from '../api/client.ts';
import { toast, toastError } from '../ui/toasts.ts';
import { triggersOf } from './dialogs/trigger-input.ts';
import { titleOf } from './graph/ports.ts';
import { loadOutputs, loadRun } from './inspector/run-data.ts';
import { saveNow } from './state/autosave.ts';
import type { EditorStore } from './state/editor-store.ts';

export interface PartNeeds {
  /** Triggers that lead to the part or are in it. */
  triggers: NodeId[];
  /** Steps whose outputs of an earlier run the part wants. */
  lent: NodeId[];
  /** The part begins at its trigger, so somebody has to say what the run starts with. */
  startsAtTrigger: boolean;
}

/** What must be known before a part of the flow can run. Pure. */
export function partNeeds(flow: Flow, catalog: NodeCatalog, part: FlowPart): PartNeeds | null {
  const nodes = flowPartNodes(flow, part);
  if (!nodes) return null;
  const triggers = triggersOf(flow, catalog)
    .map(({ id }) => id)
    .filter((id) => nodes.runs.has(id) || nodes.before.has(id));
  return {
    triggers,
    lent: [...nodes.before].filter((id) => !flow.pins[id]),
    startsAtTrigger: triggers.some((id) => nodes.runs.has(id)),
  };
}

export const partWords = (part: FlowPart, title: string): string =>
  part.kind === 'up-to' ? `Run to “${title}”` : part.kind === 'only' ? `Run only “${title}”` : `Run from “${title}” on`;

export const partBody = ({ kind, node }: FlowPart) =>
  kind === 'up-to' ? { upTo: node } : kind === 'only' ? { only: node } : { from: node };

/**
 * Starts a test run of a part of the draft on the data the editor shows. Asks for an input only where the part begins
 * at its trigger and no run has one.
 */
export async function runPart(store: EditorStore, part: FlowPart): Promise<void> {
  const { flow, catalog, dataRunId, stale, summary, show } = store.getState();
  const needs = partNeeds(flow, catalog, part);
  if (!needs) return;
  try {
    const wanted = [...new Set([...needs.lent, ...needs.triggers])];
    if (dataRunId) await loadRun(dataRunId, 0);
    const outputs: Record<NodeId, Pin> = dataRunId ? await loadOutputs(dataRunId, wanted) : {};
    const start = needs.triggers.find((id) => flow.pins[id] ?? outputs[id]) ?? needs.triggers[0];
    const given = start === undefined ? undefined : (flow.pins[start] ?? outputs[start]);
    if (needs.startsAtTrigger && given === undefined) return show({ overlay: 'run', runPart: part });
    if (!(await saveNow(store))) throw new Error('The draft could not be saved, so it cannot be run yet.');
    const cached = Object.fromEntries(needs.lent.flatMap((id) => (outputs[id] ? [[id, outputs[id]]] : [])));
    const { runId } = await api('runFlow', {
      params: { flowId: summary.id },
      body: {
        ...partBody(part),
        cached,
        input: given?.value ?? null,
        ...(start === undefined ? {} : { triggerNode: start }),
      },
    });
    store.getState().setDoubted({ runId, steps: Object.keys(cached).filter((id) => stale.has(id)) });
    store.getState().follow(runId);
    const title = titleOf(flow, catalog, part.node);
    if (flow.pins[part.node]) toast(`“${title}” is pinned, so it gives its pinned data. Unpin it to run it.`);
  } catch (error) {
    toastError(error);
  }
}
