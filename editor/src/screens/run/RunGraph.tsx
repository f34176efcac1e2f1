import type { RunSummaryView, StepView } from '@waybill/api-contract';
import type { Flow, NodeManifest } from '@waybill/flow-model';
import { manifestKey } from '@waybill/flow-model';
import { ReactFlowProvider } from '@xyflow/react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { FlowCanvas } from '../../flow-editor/canvas/FlowCanvas.tsx';
import { createEditorStore, EditorContext } from '../../flow-editor/state/editor-store.ts';
import { liveByNode } from '../../flow-editor/state/node-live.ts';
import { useFlowStanding } from '../../flow-editor/state/use-flow-standing.ts';
import { FollowStep } from './FollowStep.tsx';
import '@xyflow/react/dist/base.css';
import '../../flow-editor/canvas/canvas.css';

interface RunGraphProps {
  run: RunSummaryView;
  flow: Flow;
  manifests: readonly NodeManifest[];
  /** The steps to colour the nodes with: those of the chosen iterations. */
  steps: readonly StepView[];
  selectedNode: string | null;
  onSelect: (nodeId: string) => void;
}

/** The flow version the run is pinned to, coloured by how its steps stand. Looked at, never changed. */
export function RunGraph({ run, flow, manifests, steps, selectedNode, onSelect }: RunGraphProps) {
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
    const byKey = Object.fromEntries(steps.map((step) => [step.step, step]));
    store.setState(({ liveNodes }) => ({
      liveNodes: liveByNode({ runId: run.id, seq: 0, run: null, steps: byKey }, liveNodes),
    }));
  }, [store, steps, run.id]);
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
          <FollowStep nodeId={selectedNode} />
        </ReactFlowProvider>
      </EditorContext>
    </div>
  );
}
