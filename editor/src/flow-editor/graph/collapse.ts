import type { Flow, FlowOperation, NodeId } from '@waybill/flow-model';
import { ancestorsOf } from '@waybill/flow-model';

/** Whether a node lies in a folded container, however deep. Pure. */
export const isHidden = (flow: Flow, id: NodeId): boolean =>
  ancestorsOf(flow, id).some((container) => flow.layout[container]?.collapsed === true);

/** Folds open containers, or opens folded ones; what lies inside keeps its place. Pure. */
export function toggleCollapsed(flow: Flow, ids: readonly NodeId[]): FlowOperation {
  return {
    op: 'batch',
    operations: ids.map((id): FlowOperation => {
      const { collapsed, ...box } = flow.layout[id] ?? { x: 0, y: 0 };
      return { op: 'set-box', id, box: collapsed ? box : { ...box, collapsed: true } };
    }),
  };
}
