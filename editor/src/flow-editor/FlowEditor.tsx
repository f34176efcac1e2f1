import { ReactFlowProvider } from '@xyflow/react';
import { useEffect, useMemo } from 'react';
import { useMay } from '../api/session.ts';
import { useCommands } from '../app/commands.ts';
import { ConflictBanner } from './ConflictBanner.tsx';
import { FlowCanvas } from './canvas/FlowCanvas.tsx';
import { useCanvasPort } from './canvas/use-canvas-port.ts';
import { editorCommands } from './commands/editor-commands.ts';
import { CompareView } from './compare/CompareView.tsx';
import { Overlays } from './dialogs/Overlays.tsx';
import { EditorHeader } from './EditorHeader.tsx';
import { EmptyCanvas } from './EmptyCanvas.tsx';
import { FindBox } from './FindBox.tsx';
import { Inspector } from './inspector/Inspector.tsx';
import { ProblemList } from './ProblemList.tsx';
import { NodePanel } from './panel/NodePanel.tsx';
import { RunStrip } from './RunStrip.tsx';
import { startAutosave } from './state/autosave.ts';
import type { EditorStore } from './state/editor-store.ts';
import { EditorContext, useEditor } from './state/editor-store.ts';
import { showLastRun } from './state/last-run.ts';
import { startLiveOverlay } from './state/live-overlay.ts';
import { startStaleness } from './state/staleness.ts';
import { useFlowNews } from './state/use-flow-news.ts';
import { useFlowStanding } from './state/use-flow-standing.ts';
import { startValidation } from './state/validation.ts';
import '@xyflow/react/dist/base.css';
import './canvas/canvas.css';
import './editor.css';

/** One open flow: header, canvas, panels. */
export function FlowEditor({ store }: { store: EditorStore }) {
  useEffect(() => startAutosave(store), [store]);
  useEffect(() => startValidation(store), [store]);
  useEffect(() => startLiveOverlay(store), [store]);
  useEffect(() => startStaleness(store), [store]);
  const seesData = useMay()('runs.data');
  useEffect(() => {
    if (seesData) void showLastRun(store);
  }, [store, seesData]);
  useFlowNews(store);
  useFlowStanding(store, store.getState().flow.id);
  return (
    <EditorContext value={store}>
      <ReactFlowProvider>
        <EditorFrame store={store} />
      </ReactFlowProvider>
    </EditorContext>
  );
}

function EditorFrame({ store }: { store: EditorStore }) {
  const may = useMay();
  const canvas = useCanvasPort(store);
  const edit = may('flows.edit');
  const publish = may('flows.publish');
  const run = may('runs.start');
  const comparing = useEditor((state) => state.compare !== null);
  const commands = useMemo(
    () => editorCommands(store, canvas, { edit, publish, run }),
    [store, canvas, edit, publish, run],
  );
  useCommands('flow-editor', commands);
  return (
    <div className="flow-editor">
      <EditorHeader commands={commands} />
      <ConflictBanner />
      <div className="flow-editor__body">
        <div className="flow-editor__canvas">
          <FlowCanvas commands={commands} />
          <EmptyCanvas />
          <NodePanel />
          <FindBox />
          <RunStrip />
          <ProblemList />
        </div>
        <Inspector />
        {comparing && <CompareView />}
      </div>
      <Overlays />
    </div>
  );
}
