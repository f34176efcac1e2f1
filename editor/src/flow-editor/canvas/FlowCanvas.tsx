import type { Edge as FlowModelEdge, NodeId } from '@waybill/flow-model';
import type {
  Connection,
  Edge as DrawnEdge,
  EdgeChange,
  FinalConnectionState,
  NodeChange,
  Viewport,
} from '@xyflow/react';
import {
  applyNodeChanges,
  ConnectionLineType,
  NodeToolbar,
  Position,
  ReactFlow,
  SelectionMode,
  useReactFlow,
  useStore,
} from '@xyflow/react';
import type { DragEvent, MouseEvent as ReactMouseEvent } from 'react';
import { memo, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Command } from '../../app/commands.ts';
import { useTheme } from '../../app/theme.ts';
import { gesture } from '../../ui/gesture.ts';
import { whyNotConnect } from '../graph/connect.ts';
import { insertNode } from '../graph/insert.ts';
import { containerAt, moveNodes } from '../graph/move.ts';
import { PANEL_DRAG_TYPE } from '../panel/drag-type.ts';
import { useEditor, useEditorStore } from '../state/editor-store.ts';
import { CanvasControls } from './CanvasControls.tsx';
import { CanvasGround } from './CanvasGround.tsx';
import { rememberPointer } from './canvas-pointer.ts';
import { DetailContext, detailAt, MANY_NODES } from './detail.ts';
import { edgeTypes, nodeTypes, zoomLimits } from './drawn-types.ts';
import { FarPicture } from './FarPicture.tsx';
import { absoluteRects, nodeAt } from './node-rects.ts';
import { Overview } from './Overview.tsx';
import { openingView } from './opening-view.ts';
import type { CanvasNode } from './projection.ts';
import { projectEdges, projectNodes } from './projection.ts';
import { StepMenu, StepTools } from './StepMenu.tsx';
import { WaysBack } from './WaysBack.tsx';

const noCommands: readonly Command[] = [];
/** From afar all edges are one drawing, see `FarPicture`. */
const noEdges: DrawnEdge[] = [];
/** A movement without an event is the program's own. */
const onMove = (event: MouseEvent | TouchEvent | null) => event && gesture.begin();
const asEdge = (connection: Connection | DrawnEdge): FlowModelEdge => ({
  from: { node: connection.source, port: connection.sourceHandle ?? 'done' },
  to: { node: connection.target, port: connection.targetHandle ?? 'in' },
});

interface FlowCanvasProps {
  commands?: readonly Command[];
  /** A step to have in sight from the start. */
  inSight?: NodeId | null;
}

/** The drawing surface: shows the document, turns gestures into operations. Without commands steps have no menu. Drawn again only for what it reads itself. */
export const FlowCanvas = memo(function FlowCanvas({ commands = noCommands, inSight = null }: FlowCanvasProps) {
  const store = useEditorStore();
  const flow = useEditor((state) => state.flow);
  const catalog = useEditor((state) => state.catalog);
  const selected = useEditor((state) => state.selected);
  const selectedEdges = useEditor((state) => state.selectedEdges);
  const readOnly = useEditor((state) => state.readOnly);
  const theme = useTheme((state) => state.shown);
  const { screenToFlowPosition } = useReactFlow();
  const [menuAt, setMenuAt] = useState<{ x: number; y: number } | null>(null);
  const toolsFor =
    commands.length > 0 && selected.length === 1 && flow.nodes[selected[0] as string] ? (selected[0] as string) : null;

  const [nodes, setNodes] = useState<CanvasNode[]>(() => projectNodes(flow, catalog, selected, []));
  useLayoutEffect(() => {
    setNodes((before) => projectNodes(flow, catalog, selected, before));
  }, [flow, catalog, selected]);
  const surface = useRef<HTMLDivElement>(null);
  const [opening, setOpening] = useState<Viewport | null>(null);
  useLayoutEffect(() => {
    const { width = 0, height = 0 } = surface.current?.getBoundingClientRect() ?? {};
    setOpening((before) => before ?? openingView(nodes, { width, height }, inSight));
  }, [nodes, inSight]);

  const detail = useStore((state) => detailAt(opening === null ? 1 : state.transform[2], nodes.length));
  const edgesBefore = useRef<DrawnEdge[]>([]);
  const edges = useMemo(() => projectEdges(flow, selectedEdges, edgesBefore.current), [flow, selectedEdges]);
  useEffect(() => {
    edgesBefore.current = edges;
  }, [edges]);

  const onNodesChange = useCallback(
    (changes: NodeChange<CanvasNode>[]) => {
      const picks = changes.filter((change) => change.type === 'select');
      if (picks.length > 0) {
        const state = store.getState();
        const chosen = new Set(state.selected);
        for (const pick of picks) pick.selected ? chosen.add(pick.id) : chosen.delete(pick.id);
        state.select([...chosen], state.selectedEdges);
      }
      const rest = changes.filter((change) => change.type === 'position' || change.type === 'dimensions');
      if (rest.length > 0) setNodes((before) => applyNodeChanges(rest, before));
    },
    [store],
  );
  const onEdgesChange = useCallback(
    (changes: EdgeChange[]) => {
      const state = store.getState();
      const chosen = new Set(state.selectedEdges);
      for (const change of changes)
        if (change.type === 'select') change.selected ? chosen.add(change.id) : chosen.delete(change.id);
      state.select(state.selected, [...chosen]);
    },
    [store],
  );

  const commitMove = useCallback(
    (_: unknown, _node: unknown, dragged: CanvasNode[]) => {
      const state = store.getState();
      const moves = dragged
        .filter(({ id, position }) => {
          const box = state.flow.layout[id];
          return !box || Math.round(position.x) !== box.x || Math.round(position.y) !== box.y;
        })
        .map(({ id, position }) => ({ id, ...position }));
      if (moves.length === 0) return;
      state.apply(moveNodes(state.flow, state.catalog, moves), { label: moves.length === 1 ? 'Move' : 'Move steps' });
    },
    [store],
  );

  const onConnect = useCallback(
    (connection: Connection) =>
      store.getState().apply({ op: 'put-edge', edge: asEdge(connection) }, { label: 'Connect' }),
    [store],
  );
  const isValidConnection = useCallback(
    (connection: Connection | DrawnEdge) => {
      const state = store.getState();
      return whyNotConnect(state.flow, state.catalog, asEdge(connection)) === null;
    },
    [store],
  );
  const onConnectEnd = useCallback(
    (event: MouseEvent | TouchEvent, end: FinalConnectionState) => {
      if (end.isValid || end.toNode || !end.fromNode || end.fromHandle?.type !== 'source') return;
      const point = 'changedTouches' in event ? event.changedTouches[0] : event;
      if (!point) return;
      const at = screenToFlowPosition({ x: point.clientX, y: point.clientY });
      const from = { node: end.fromNode.id, port: end.fromHandle.id ?? 'done' };
      store.getState().show({ nodePanel: { from, at: { x: at.x, y: at.y - 28 } } });
    },
    [screenToFlowPosition, store],
  );

  // The same functions each time: with others, the canvas library draws the wrappers of all cards anew.
  const onNodeDoubleClick = useCallback(
    (_: unknown, node: CanvasNode) => {
      if (node.type === 'card') store.getState().show({ expanded: true });
    },
    [store],
  );
  const onNodeContextMenu = useCallback(
    (event: ReactMouseEvent, node: CanvasNode) => {
      if (commands.length === 0) return;
      event.preventDefault();
      if (!store.getState().selected.includes(node.id)) store.getState().select([node.id]);
      setMenuAt({ x: event.clientX, y: event.clientY });
    },
    [commands, store],
  );
  useEffect(() => gesture.end, []);

  const onMouseMove = ({ clientX, clientY, buttons }: ReactMouseEvent) => {
    const pointer = { x: clientX, y: clientY };
    rememberPointer(pointer);
    // What is held stays at hand.
    if (detail === 'near' || buttons !== 0 || gesture.isUnderWay()) return;
    store.getState().pointAt(nodeAt(screenToFlowPosition(pointer), nodes, absoluteRects(nodes)));
  };

  const onDrop = (event: DragEvent) => {
    const key = event.dataTransfer.getData(PANEL_DRAG_TYPE);
    const state = store.getState();
    const manifest = state.catalog.get(key);
    if (!manifest) return;
    event.preventDefault();
    const at = screenToFlowPosition({ x: event.clientX - 112, y: event.clientY - 28 });
    const over = document.elementsFromPoint(event.clientX, event.clientY);
    const edge = over.map((element) => element.closest('.react-flow__edge')?.getAttribute('data-id')).find(Boolean);
    const parent = containerAt(state.flow, state.catalog, null, at);
    const place = edge ? { edge, at } : { at, ...(parent === undefined ? {} : { parent }) };
    const { id, operation } = insertNode(state.flow, state.catalog, manifest, place);
    state.apply(operation, { label: `Add ${manifest.title}` });
    state.select([id]);
  };

  if (opening === null) return <div ref={surface} className="flow-surface" />;
  return (
    <DetailContext value={detail}>
      <ReactFlow
        nodes={nodes}
        edges={detail === 'far' ? noEdges : edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onNodeDragStop={commitMove}
        onConnect={onConnect}
        onConnectEnd={onConnectEnd}
        isValidConnection={isValidConnection}
        onNodeDoubleClick={onNodeDoubleClick}
        onNodeContextMenu={onNodeContextMenu}
        onMove={onMove}
        onMoveEnd={gesture.end}
        onMouseMove={onMouseMove}
        onDrop={onDrop}
        onDragOver={(event) => {
          if (!event.dataTransfer.types.includes(PANEL_DRAG_TYPE)) return;
          event.preventDefault();
          event.dataTransfer.dropEffect = 'copy';
        }}
        onPaneClick={() => store.getState().show({ nodePanel: null })}
        nodesDraggable={!readOnly}
        nodesConnectable={!readOnly}
        colorMode={theme}
        defaultViewport={opening}
        {...zoomLimits}
        snapToGrid
        snapGrid={[8, 8]}
        selectionOnDrag
        selectionMode={SelectionMode.Partial}
        panOnDrag={[1, 2]}
        panOnScroll
        panActivationKeyCode="Space"
        zoomActivationKeyCode={['Control', 'Meta']}
        multiSelectionKeyCode={['Shift', 'Control', 'Meta']}
        selectionKeyCode={null}
        deleteKeyCode={null}
        disableKeyboardA11y
        connectionLineType={ConnectionLineType.Bezier}
        connectionRadius={28}
        onlyRenderVisibleElements={nodes.length > MANY_NODES && detail === 'near'}
        elevateNodesOnSelect={false}
      >
        <CanvasGround />
        <WaysBack nodes={nodes} />
        {detail === 'far' && <FarPicture edges={edges} nodes={nodes} />}
        {commands.length > 0 && <Overview nodes={nodes} theme={theme} />}
        <CanvasControls />
        {toolsFor && (
          <NodeToolbar nodeId={toolsFor} isVisible position={Position.Top} offset={14} align="start">
            <StepTools id={toolsFor} commands={commands} />
          </NodeToolbar>
        )}
        {menuAt && <StepMenu at={menuAt} commands={commands} onClose={() => setMenuAt(null)} />}
      </ReactFlow>
    </DetailContext>
  );
});
