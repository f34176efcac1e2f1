import type { NodeProps } from '@xyflow/react';
import { Handle, Position } from '@xyflow/react';
import { CircleAlert, Pin, TriangleAlert } from 'lucide-react';
import { memo } from 'react';
import { statusLooks } from '../../ui/Badge.tsx';
import { classNames } from '../../ui/class-names.ts';
import { durationWords } from '../../ui/time-words.ts';
import { PORT_ROW } from '../graph/geometry.ts';
import type { DrawnPort } from '../graph/ports.ts';
import { hasErrorPort, inputPorts, manifestOf, outputPorts } from '../graph/ports.ts';
import { nodesWithErrorEdge, worstByNode } from '../state/derived.ts';
import { useEditor, useEditorStore } from '../state/editor-store.ts';
import { CollapseButton } from './CollapseButton.tsx';
import { useDetail } from './detail.ts';
import { FarNode } from './FarNode.tsx';
import { toneOf } from './live-tone.ts';
import { NodeIcon } from './NodeIcon.tsx';
import { cardPortTop, portRows } from './node-shape.ts';
import { StandingBadge } from './StandingBadge.tsx';
import { TitleInput } from './TitleInput.tsx';

const STALE_WORDS =
  'Stale: this step, or one before it, was changed since the run whose data is shown. Run to here to renew it.';

/** Name and state of a node, shared by cards and container frames. */
export function NodeHead({ id }: { id: string }) {
  const node = useEditor((state) => state.flow.nodes[id]);
  const catalog = useEditor((state) => state.catalog);
  const renaming = useEditor((state) => state.renaming === id);
  if (!node) return null;
  const manifest = manifestOf(catalog, node);
  const title = node.title ?? manifest?.title ?? id;
  const subtitle = node.title && manifest ? manifest.title : manifest ? manifest.app : `${node.type} is not installed`;
  return (
    <>
      <NodeIcon manifest={manifest} />
      <div className="card__names">
        {renaming ? <TitleInput id={id} title={title} /> : <strong title={title}>{title}</strong>}
        <span title={subtitle}>{subtitle}</span>
      </div>
    </>
  );
}

/** Problem and pin marks, and what a live run says. */
export function NodeMarks({ id }: { id: string }) {
  const store = useEditorStore();
  const worst = useEditor((state) => worstByNode(state.problems).get(id));
  const pinned = useEditor((state) => Object.hasOwn(state.flow.pins, id));
  const live = useEditor((state) => state.liveNodes[id]);
  const stale = useEditor((state) => state.stale.has(id));
  const look = live && statusLooks[live.status];
  return (
    <>
      {live && look && live.status !== 'pending' && (
        <span className={classNames('card__live', `card__live--${look.tone ?? 'skipped'}`)} title={live.words ?? ''}>
          {look.label}
          {live.steps > 1 && (live.alike < live.steps ? ` ${live.alike} of ${live.steps}` : ` ×${live.steps}`)}
          {live.attempt > 1 && `, try ${live.attempt}`}
          {live.status === 'succeeded' && live.tookMs !== null && ` · ${durationWords(live.tookMs)}`}
        </span>
      )}
      <StandingBadge id={id} />
      <span className="card__marks">
        {stale && (
          <span className="mark mark--stale" role="img" aria-label="Stale" title={STALE_WORDS}>
            <i />
          </span>
        )}
        {pinned && (
          <span className="mark mark--pin" title="Output is pinned while designing">
            <Pin size={11} aria-label="Pinned" />
          </span>
        )}
        {worst && (
          <button
            type="button"
            className={`mark mark--${worst}`}
            title="Show the problems of this step"
            aria-label="Show the problems of this step"
            onClick={() => {
              store.getState().select([id]);
              store.getState().show({ problemsOpen: true });
            }}
          >
            {worst === 'error' ? <CircleAlert size={12} aria-hidden /> : <TriangleAlert size={12} aria-hidden />}
          </button>
        )}
      </span>
    </>
  );
}

export function Ports({ id, tops }: { id: string; tops: (index: number, count: number) => number }) {
  const node = useEditor((state) => state.flow.nodes[id]);
  const catalog = useEditor((state) => state.catalog);
  const errorWired = useEditor((state) => nodesWithErrorEdge(state.flow.edges).has(id));
  if (!node) return null;
  const manifest = manifestOf(catalog, node);
  const inputs = inputPorts(manifest);
  const outputs = outputPorts(manifest, node.params);
  const handle = (port: DrawnPort, index: number, count: number, type: 'source' | 'target') => (
    <Handle
      key={`${type}-${port.name}`}
      id={port.name}
      type={type}
      position={type === 'source' ? Position.Right : Position.Left}
      style={{ top: tops(index, count) }}
      title={port.label}
    />
  );
  return (
    <>
      {inputs.map((port, index) => handle(port, index, inputs.length, 'target'))}
      {outputs.map((port, index) => handle(port, index, outputs.length, 'source'))}
      {hasErrorPort(manifest) && (
        <Handle
          id="error"
          type="source"
          position={Position.Bottom}
          className={classNames('port-error', errorWired && 'port-error--wired')}
          title="If this step fails for good"
        />
      )}
    </>
  );
}

/** A step on the canvas: what it is, how it is wired, how it stands. */
export const NodeCard = memo(function NodeCard({ id, selected, height }: NodeProps) {
  return useDetail() === 'far' ? (
    <FarNode id={id} selected={selected} height={height} />
  ) : (
    <FullCard id={id} selected={selected} />
  );
});

function FullCard({ id, selected }: { id: string; selected: boolean }) {
  const node = useEditor((state) => state.flow.nodes[id]);
  const catalog = useEditor((state) => state.catalog);
  const tone = useEditor((state) => toneOf(state.liveNodes[id]));
  if (!node) return null;
  const manifest = manifestOf(catalog, node);
  const inputs = inputPorts(manifest);
  const outputs = outputPorts(manifest, node.params);
  const rows = portRows(inputs, outputs);
  return (
    <div
      className={classNames(
        'card',
        selected && 'card--selected',
        node.disabled && 'card--off',
        manifest?.kind === 'trigger' && 'card--trigger',
        manifest?.container && 'card--folded',
        !manifest && 'card--unknown',
        tone && `card--${tone}`,
      )}
    >
      <div className="card__head">
        <NodeHead id={id} />
        {manifest?.container && <CollapseButton id={id} />}
      </div>
      {rows > 0 && (
        <div className="card__ports" style={{ height: rows * PORT_ROW }}>
          <ul>{inputs.length > 1 && inputs.map((port) => <li key={port.name}>{port.label}</li>)}</ul>
          <ul>{outputs.length > 1 && outputs.map((port) => <li key={port.name}>{port.label}</li>)}</ul>
        </div>
      )}
      <NodeMarks id={id} />
      <Ports id={id} tops={cardPortTop} />
    </div>
  );
}
