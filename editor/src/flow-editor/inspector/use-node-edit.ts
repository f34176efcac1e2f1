import type { FlowNode, JsonValue, NodeId } from '@waybill/flow-model';
import { useCallback } from 'react';
import { useEditorStore } from '../state/editor-store.ts';

/** Changes to one node; typing in one field merges into one undo step. */
export function useNodeEdit(id: NodeId) {
  const store = useEditorStore();
  const change = useCallback(
    (edit: (node: FlowNode) => FlowNode, label: string, field: string) => {
      const { flow, apply } = store.getState();
      const node = flow.nodes[id];
      if (!node) return;
      apply({ op: 'put-node', id, node: edit(node) }, { label, mergeKey: `${id}.${field}` });
    },
    [store, id],
  );
  const setParam = useCallback(
    (name: string, label: string, value: JsonValue | undefined) =>
      change(
        (node) => {
          const { [name]: _old, ...rest } = node.params;
          return { ...node, params: value === undefined ? rest : { ...rest, [name]: value } };
        },
        `Edit ${label}`,
        name,
      ),
    [change],
  );
  return { change, setParam };
}
