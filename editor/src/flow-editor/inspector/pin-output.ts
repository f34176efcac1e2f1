import type { JsonValue, NodeId } from '@waybill/flow-model';
import { toast } from '../../ui/toasts.ts';
import { manifestOf, outputPorts } from '../graph/ports.ts';
import type { EditorStore } from '../state/editor-store.ts';
import { loadNodeData, loadRun, outputOf } from './run-data.ts';

/** Pins travel with every save of the draft. */
const MOST_PINNED_CHARS = 500_000;

/** Pins what the node gave in the run shown, with the port it left by, or unpins it. Without a run it pins the example of the node kind. */
export async function pinFromLastRun(store: EditorStore, id: NodeId): Promise<void> {
  const { flow, catalog, apply, dataRunId } = store.getState();
  const node = flow.nodes[id];
  if (!node) return;
  if (flow.pins[id]) return apply({ op: 'set-pin', id, pin: null }, { label: 'Unpin' });
  const manifest = manifestOf(catalog, node);
  const firstPort = outputPorts(manifest, node.params)[0]?.name;
  if (!firstPort) return toast('This step has no output to pin.', { tone: 'failed' });
  if (dataRunId) await loadRun(dataRunId, 0);
  const data = dataRunId ? await loadNodeData(dataRunId, id, true) : null;
  const output = data && outputOf(data);
  const pin = output ?? { port: firstPort, value: manifest?.sample?.[firstPort] ?? null };
  if (JSON.stringify(pin.value).length > MOST_PINNED_CHARS)
    return toast('This output is too large to pin: pinned data is kept in the flow. Pin a shorter sample of it.', {
      tone: 'failed',
    });
  apply({ op: 'set-pin', id, pin }, { label: 'Pin output' });
  toast(output ? 'Pinned the output of the run shown.' : 'Pinned example data; edit it under Output.');
}

/** Pinned data as typed; the problem says what keeps it from being used. Pure. */
export function parsePinned(text: string): { ok: true; value: JsonValue } | { ok: false; problem: string } {
  if (text.length > MOST_PINNED_CHARS)
    return { ok: false, problem: `Not kept: pinned data may be ${MOST_PINNED_CHARS / 1_000} kB at most.` };
  try {
    return { ok: true, value: JSON.parse(text) as JsonValue };
  } catch (error) {
    return { ok: false, problem: `Not kept yet: ${error instanceof Error ? error.message : 'this is not JSON.'}` };
  }
}
