import type { ClipboardFragment, Flow, FlowOperation, NodeCatalog, NodeId } from '@waybill/flow-model';
import { copySelection, pasteFragment } from '@waybill/flow-model';

export interface Pasted {
  operation: FlowOperation;
  /** The outermost pasted nodes and notes, to be selected. */
  ids: NodeId[];
}

/** The fragment with its top left corner at `at`, relative to `parent`. Pure. */
export function pasteAt(
  flow: Flow,
  catalog: NodeCatalog,
  fragment: ClipboardFragment,
  at: { x: number; y: number },
  parent?: NodeId,
): Pasted {
  const spot = { x: Math.round(at.x), y: Math.round(at.y) };
  const options = parent === undefined ? { catalog } : { catalog, parent };
  const { operation, newIds } = pasteFragment(flow, fragment, spot, options);
  const outer = [...Object.keys(fragment.nodes), ...Object.keys(fragment.notes)].filter(
    (id) => fragment.nodes[id]?.parent === undefined,
  );
  return { operation, ids: outer.map((id) => newIds[id] ?? id) };
}

/** A copy a little below and to the right, in the same container. Null for nothing selected. Pure. */
export function pasteBeside(flow: Flow, ids: readonly NodeId[], catalog: NodeCatalog): Pasted | null {
  if (ids.length === 0) return null;
  const fragment = copySelection(flow, ids);
  const boxes = ids.flatMap((id) => flow.layout[id] ?? []);
  const at = {
    x: Math.min(...boxes.map((box) => box.x), Number.MAX_SAFE_INTEGER),
    y: Math.min(...boxes.map((box) => box.y), Number.MAX_SAFE_INTEGER),
  };
  const corner = boxes.length > 0 ? at : { x: 0, y: 0 };
  const first = flow.nodes[ids[0] as NodeId];
  return pasteAt(flow, catalog, fragment, { x: corner.x + 32, y: corner.y + 88 }, first?.parent);
}
