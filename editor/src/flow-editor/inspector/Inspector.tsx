import type { NodeId } from '@waybill/flow-model';
import { Maximize2, Minimize2, PanelRightClose, PanelRightOpen } from 'lucide-react';
import { useState } from 'react';
import { StatusBadge } from '../../ui/Badge.tsx';
import { IconButton } from '../../ui/Button.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { NodeIcon } from '../canvas/NodeIcon.tsx';
import { manifestOf, titleOf } from '../graph/ports.ts';
import { useEditor, useEditorStore } from '../state/editor-store.ts';
import { InputPane, OutputPane } from './DataPanes.tsx';
import { FlowSummaryPane } from './FlowSummaryPane.tsx';
import { NodeSettings } from './NodeSettings.tsx';
import { ParamForm } from './ParamForm.tsx';
import { ResizeEdge } from './ResizeEdge.tsx';
import './inspector.css';

const WIDTH_KEY = 'waybill.inspector';
const storedWidth = (): number => Math.min(720, Math.max(320, Number(localStorage.getItem(WIDTH_KEY)) || 384));

/** The right column: what is selected, or the flow itself. Its width stays, so the canvas never jumps. */
export function Inspector() {
  const store = useEditorStore();
  const [width, setWidth] = useState(storedWidth);
  const [folded, setFolded] = useState(false);
  const selectedNode = useEditor((state) =>
    state.selected.length === 1 && state.flow.nodes[state.selected[0] as NodeId] ? (state.selected[0] as NodeId) : null,
  );
  const count = useEditor((state) => state.selected.length);
  const expanded = useEditor((state) => state.expanded) && selectedNode !== null;
  if (folded)
    return (
      <aside className="inspector inspector--folded">
        <IconButton label="Show the inspector" icon={PanelRightOpen} small onClick={() => setFolded(false)} />
      </aside>
    );
  return (
    <>
      <aside className="inspector" style={{ width }} aria-label="Inspector">
        <ResizeEdge
          width={width}
          onResize={setWidth}
          onDone={(final) => localStorage.setItem(WIDTH_KEY, String(Math.round(final)))}
        />
        {selectedNode && !expanded ? (
          <NodeTabs
            id={selectedNode}
            onFold={() => setFolded(true)}
            onExpand={() => store.getState().show({ expanded: true })}
          />
        ) : count > 1 ? (
          <div className="inspector__many">
            <strong>{count} selected</strong>
            <p className="muted">Move, copy, align or delete them together. Ctrl+K lists what can be done.</p>
          </div>
        ) : (
          <FlowSummaryPane onFold={() => setFolded(true)} />
        )}
      </aside>
      {expanded && <ExpandedNode id={selectedNode} />}
    </>
  );
}

function NodeTitle({ id }: { id: NodeId }) {
  const node = useEditor((state) => state.flow.nodes[id]);
  const catalog = useEditor((state) => state.catalog);
  const title = useEditor((state) => titleOf(state.flow, state.catalog, id));
  const live = useEditor((state) => state.liveNodes[id]);
  const manifest = node && manifestOf(catalog, node);
  return (
    <>
      <NodeIcon manifest={manifest} size={30} />
      <div className="inspector__title">
        <h2 className="truncate" title={title}>
          {title}
        </h2>
        <small className="truncate">
          {manifest ? `${manifest.app} · ${manifest.title}` : node?.type} · {id}
        </small>
      </div>
      {live && live.status !== 'pending' && <StatusBadge status={live.status} />}
    </>
  );
}

function LiveProblem({ id }: { id: NodeId }) {
  const live = useEditor((state) => state.liveNodes[id]);
  const error = useEditor((state) => (live ? (state.live?.steps[live.step]?.error ?? null) : null));
  if (!error) return null;
  return (
    <div className="callout callout--failed inspector__error" role="alert">
      <div>
        <strong>{error.what}</strong>
        <p>{error.fix}</p>
        {error.stack && <pre className="inspector__stack">{error.stack}</pre>}
      </div>
    </div>
  );
}

function Form({ id }: { id: NodeId }) {
  const node = useEditor((state) => state.flow.nodes[id]);
  const catalog = useEditor((state) => state.catalog);
  if (!node) return null;
  const manifest = manifestOf(catalog, node);
  if (!manifest)
    return (
      <div className="callout callout--failed">
        <div>
          <strong>
            {node.type} version {node.version} is not installed here.
          </strong>
          <p>Install the package that has it, or replace the step.</p>
        </div>
      </div>
    );
  return <ParamForm id={id} node={node} manifest={manifest} />;
}

function Settings({ id }: { id: NodeId }) {
  const node = useEditor((state) => state.flow.nodes[id]);
  const catalog = useEditor((state) => state.catalog);
  return node ? <NodeSettings key={id} id={id} node={node} manifest={manifestOf(catalog, node)} /> : null;
}

function NodeTabs({ id, onExpand, onFold }: { id: NodeId; onExpand: () => void; onFold: () => void }) {
  const store = useEditorStore();
  const tab = useEditor((state) => state.inspectorTab);
  const description = useEditor((state) => {
    const node = state.flow.nodes[id];
    return node ? manifestOf(state.catalog, node)?.description : undefined;
  });
  return (
    <>
      <header className="inspector__head">
        <NodeTitle id={id} />
        <IconButton label="Open in three panes" shortcut="Enter" icon={Maximize2} small onClick={onExpand} />
        <IconButton label="Hide the inspector" icon={PanelRightClose} small onClick={onFold} />
      </header>
      <Tabs
        label="Parts of the step"
        value={tab}
        onChange={(value) => store.getState().show({ inspectorTab: value as typeof tab })}
        tabs={[
          { value: 'input', label: 'Input' },
          { value: 'params', label: 'Parameters' },
          { value: 'output', label: 'Output' },
          { value: 'settings', label: 'Settings' },
        ]}
      />
      <div className="inspector__body" key={id}>
        <LiveProblem id={id} />
        {tab === 'input' && <InputPane id={id} />}
        {tab === 'params' && (
          <>
            {description && <p className="muted inspector__about">{description}</p>}
            <Form id={id} />
          </>
        )}
        {tab === 'output' && <OutputPane id={id} />}
        {tab === 'settings' && <Settings id={id} />}
      </div>
    </>
  );
}

/** Input, parameters and output side by side, over the canvas. */
function ExpandedNode({ id }: { id: NodeId }) {
  const store = useEditorStore();
  const [middle, setMiddle] = useState<'params' | 'settings'>('params');
  return (
    <section className="expanded" aria-label="Step in three panes">
      <header className="inspector__head">
        <NodeTitle id={id} />
        <IconButton
          label="Back to the canvas"
          shortcut="Esc"
          icon={Minimize2}
          onClick={() => store.getState().show({ expanded: false })}
        />
      </header>
      <LiveProblem id={id} />
      <div className="expanded__panes" key={id}>
        <section aria-label="Input">
          <h3 className="label-caps">Input</h3>
          <InputPane id={id} />
        </section>
        <section aria-label="Parameters">
          <Tabs
            label="Parameters or settings"
            value={middle}
            onChange={(value) => setMiddle(value as typeof middle)}
            tabs={[
              { value: 'params', label: 'Parameters' },
              { value: 'settings', label: 'Settings' },
            ]}
          />
          <div className="expanded__form">{middle === 'params' ? <Form id={id} /> : <Settings id={id} />}</div>
        </section>
        <section aria-label="Output">
          <h3 className="label-caps">Output</h3>
          <OutputPane id={id} />
        </section>
      </div>
    </section>
  );
}
