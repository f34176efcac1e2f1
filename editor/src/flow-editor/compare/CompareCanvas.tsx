import type { Flow, FlowDiff, NodeId } from '@waybill/flow-model';
import { ReactFlow, useReactFlow } from '@xyflow/react';
import { useEffect, useMemo } from 'react';
import { useTheme } from '../../app/theme.ts';
import { classNames } from '../../ui/class-names.ts';
import { CanvasControls } from '../canvas/CanvasControls.tsx';
import { CanvasGround } from '../canvas/CanvasGround.tsx';
import { edgeTypes, nodeTypes, zoomLimits } from '../canvas/drawn-types.ts';
import { projectEdges, projectNodes } from '../canvas/projection.ts';
import { WaysBack } from '../canvas/WaysBack.tsx';
import { createEditorStore, EditorContext, useEditorStore } from '../state/editor-store.ts';
import type { Change } from './flow-changes.ts';
import { marksOf, overlaid } from './flow-changes.ts';

interface CompareCanvasProps {
  before: Flow;
  after: Flow;
  diff: FlowDiff;
  focus: Change | null;
  withMoves: boolean;
  onPick: (id: NodeId) => void;
}

/** Both versions drawn by the cards of the editor, in a store of their own that nothing can change. */
export function CompareCanvas({ before, after, diff, focus, withMoves, onPick }: CompareCanvasProps) {
  const { catalog, summary } = useEditorStore().getState();
  const theme = useTheme((state) => state.shown);
  const { fitView } = useReactFlow();
  const both = useMemo(() => open(overlaid(before, after)), [before, after]);
  const store = useMemo(
    () => createEditorStore({ detail: { flow: both, summary, problems: [] }, catalog, readOnly: true }),
    [both, summary, catalog],
  );
  const marks = useMemo(() => marksOf(diff), [diff]);
  const focused = focus?.nodes ?? [];
  const nodes = projectNodes(both, catalog, focused, []).map((node) => {
    const mark = marks.nodes.get(node.id);
    return {
      ...node,
      className: classNames('diff', mark && (mark !== 'moved' || withMoves) && `diff--${mark}`),
    };
  });
  const edges = projectEdges(both, [], []).map((edge) => {
    const mark = marks.edges.get(edge.id);
    return { ...edge, className: classNames('diff', mark && `diff--${mark}`) };
  });
  const fitKey = focused.join(' ');
  useEffect(() => {
    if (fitKey !== '')
      void fitView({ nodes: fitKey.split(' ').map((id) => ({ id })), padding: 1.2, maxZoom: 1, duration: 160 });
  }, [fitKey, fitView]);
  return (
    <EditorContext value={store}>
      <div className="compare__canvas">
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          nodesDraggable={false}
          nodesConnectable={false}
          elementsSelectable={false}
          onNodeClick={(_, node) => onPick(node.id)}
          colorMode={theme}
          fitView
          fitViewOptions={{ padding: 0.12, maxZoom: 1 }}
          {...zoomLimits}
          panOnScroll
          disableKeyboardA11y
        >
          <CanvasGround />
          <WaysBack nodes={nodes} />
          <CanvasControls />
        </ReactFlow>
      </div>
    </EditorContext>
  );
}

/** Folded containers would hide changes. */
const open = (flow: Flow): Flow => ({
  ...flow,
  layout: Object.fromEntries(Object.entries(flow.layout).map(([id, { collapsed: _folded, ...box }]) => [id, box])),
});
