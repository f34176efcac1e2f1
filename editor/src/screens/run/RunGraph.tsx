import type { RunSummaryView, StepView } from '@waybill/api-contract';
import type { Flow, NodeManifest } from '@waybill/flow-model';
import { manifestKey } from '@waybill/flow-model';
import { ReactFlowProvider } from '@xyflow/react';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { StoreApi } from 'zustand';
import { FlowCanvas } from '../../flow-editor/canvas/FlowCanvas.tsx';
import { createEditorStore, EditorContext } from '../../flow-editor/state/editor-store.ts';
import { liveByNode } from '../../flow-editor/state/node-live.ts';
import { useFlowStanding } from '../../flow-editor/state/use-flow-standing.ts';
import { FollowStep } from './FollowStep.tsx';
import type { RunStore } from './run-store.ts';
import '@xyflow/react/dist/base.css';
import '../../flow-editor/canvas/canvas.css';

interface RunGraphProps {
  run: RunSummaryView;
  flow: Flow;
  manifests: readonly NodeManifest[];
  news: StoreApi<RunStore>;
  /** The steps to colour the nodes with. */
  coloursOf: (store: RunStore) => readonly StepView[];
  selectedNode: string | null;
  /** Somebody chose the step; otherwise the screen did. */
  isAsked: boolean;
  onSelect: (nodeId: string) => void;
}

/**
 * The flow version the run is pinned to, coloured by how its steps stand. Looked at, never changed. It takes the news by itself,
 * so that a step that ends draws its card and not the screen.
 */
export function RunGraph({ run, flow, manifests, news, coloursOf, selectedNode, isAsked, onSelect }: RunGraphProps) {
  const store = useMemo(
    () =>
      createEditorStore({
        detail: {
          flow: { ...flow, pins: {} },
          problems: [],
          summary: {
            id: flow.id,
            name: flow.name,
            description: null,
            state: 'published',
            revision: 0,
            publishedVersion: run.versionNumber,
            changed: false,
            nodeCount: Object.keys(flow.nodes).length,
            triggers: [],
            labels: [],
            updatedAt: run.acceptedAt,
            updatedBy: '',
          },
        },
        catalog: new Map(manifests.map((manifest) => [manifestKey(manifest.type, manifest.version), manifest])),
        readOnly: true,
      }),
    [flow, manifests, run.versionNumber, run.acceptedAt],
  );
  useFlowStanding(store, flow.id);
  useEffect(() => {
    const colour = () => {
      const { liveNodes } = store.getState();
      const next = liveByNode(coloursOf(news.getState()), liveNodes);
      if (next !== liveNodes) store.setState({ liveNodes: next });
    };
    colour();
    return news.subscribe(colour);
  }, [store, news, coloursOf]);
  useEffect(() => {
    const [shown] = store.getState().selected;
    if (shown !== selectedNode) store.getState().select(selectedNode === null ? [] : [selectedNode], []);
  }, [store, selectedNode]);
  const [opening] = useState(selectedNode);
  const select = useRef(onSelect);
  select.current = onSelect;
  useEffect(
    () =>
      store.subscribe((state, before) => {
        const [first] = state.selected;
        if (first !== undefined && first !== before.selected[0] && state.flow.nodes[first]) select.current(first);
      }),
    [store],
  );
  return (
    <div className="run-graph">
      <EditorContext value={store}>
        <ReactFlowProvider>
          <FlowCanvas inSight={opening} />
          <FollowStep nodeId={selectedNode} isAsked={isAsked} />
        </ReactFlowProvider>
      </EditorContext>
    </div>
  );
}
