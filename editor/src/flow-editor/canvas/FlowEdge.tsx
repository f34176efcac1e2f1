import type { EdgeProps } from '@xyflow/react';
import { BaseEdge, EdgeLabelRenderer } from '@xyflow/react';
import { Plus, X } from 'lucide-react';
import { memo } from 'react';
import { classNames } from '../../ui/class-names.ts';
import { manifestOf, outputPorts } from '../graph/ports.ts';
import { removeAll } from '../graph/remove.ts';
import { useEditor, useEditorStore } from '../state/editor-store.ts';
import { edgeTaken } from '../state/node-live.ts';
import { edgeLine } from './edge-line.ts';
import { edgeClass } from './far-edges.ts';

/** An edge: the label of its port where there is a choice, its state in a live run, and a place to insert. */
export const FlowEdge = memo(function FlowEdge(props: EdgeProps) {
  const { id, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, selected } = props;
  const store = useEditorStore();
  const edge = useEditor((state) => state.flow.edges[id]);
  const readOnly = useEditor((state) => state.readOnly);
  const taken = useEditor((state) => {
    const own = state.flow.edges[id];
    return own ? edgeTaken(own, state.liveNodes) : null;
  });
  const label = useEditor((state) => {
    const own = state.flow.edges[id];
    const node = own && state.flow.nodes[own.from.node];
    if (!own || !node) return null;
    if (own.from.port === 'error') return 'On error';
    const ports = outputPorts(manifestOf(state.catalog, node), node.params);
    return ports.length > 1 ? (ports.find((port) => port.name === own.from.port)?.label ?? own.from.port) : null;
  });
  // On a card each of several outputs has a named row; said again on the edge it only covers other edges.
  const told = useEditor((state) => {
    const own = state.flow.edges[id];
    const node = own && state.flow.nodes[own.from.node];
    if (!own || !node || own.from.port === 'error') return false;
    return !manifestOf(state.catalog, node)?.container || state.flow.layout[own.from.node]?.collapsed === true;
  });
  const { path, labelX, labelY } = edgeLine(
    { x: sourceX, y: sourceY, position: sourcePosition },
    { x: targetX, y: targetY, position: targetPosition },
  );
  return (
    <>
      <BaseEdge path={path} interactionWidth={22} className={edgeClass(edge, taken, selected)} />
      <EdgeLabelRenderer>
        <div
          className={classNames(
            'edge-tools nopan',
            selected && 'edge-tools--on',
            edge?.from.port === 'error' && 'edge-tools--error',
          )}
          data-edge={id}
          style={{ transform: `translate(-50%, -50%) translate(${labelX}px, ${labelY}px)` }}
        >
          {label && <span className={classNames('edge-tools__label', told && 'edge-tools__label--told')}>{label}</span>}
          {!readOnly && (
            <span className="edge-tools__buttons">
              <button
                type="button"
                aria-label="Insert a step here"
                title="Insert a step here"
                onClick={() => store.getState().show({ nodePanel: { edge: id } })}
              >
                <Plus size={13} aria-hidden />
              </button>
              <button
                type="button"
                aria-label="Remove this edge"
                title="Remove this edge"
                onClick={() =>
                  store.getState().apply(removeAll(store.getState().flow, [], [id]), { label: 'Remove edge' })
                }
              >
                <X size={13} aria-hidden />
              </button>
            </span>
          )}
        </div>
      </EdgeLabelRenderer>
    </>
  );
});
