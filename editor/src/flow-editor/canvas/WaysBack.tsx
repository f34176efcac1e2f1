import type { WayBack } from '@waybill/flow-model';
import { waysBack } from '@waybill/flow-model';
import { useStore, ViewportPortal } from '@xyflow/react';
import { useMemo } from 'react';
import { classNames } from '../../ui/class-names.ts';
import { useEditor } from '../state/editor-store.ts';
import { useDetail } from './detail.ts';
import { absoluteRects } from './node-rects.ts';
import type { CanvasNode } from './projection.ts';
import { isInView, viewOn, wayLines, wayWords } from './way-lines.ts';

/** Where fixed exceptions have an earlier step run again. Only shown: no edge, nothing to select, no part of the layout. */
export function WaysBack({ nodes }: { nodes: readonly CanvasNode[] }) {
  const flow = useEditor((state) => state.flow);
  const catalog = useEditor((state) => state.catalog);
  const ways = useMemo(() => waysBack(flow, catalog), [flow, catalog]);
  return ways.length === 0 ? null : <Lines ways={ways} nodes={nodes} />;
}

function Lines({ ways, nodes }: { ways: readonly WayBack[]; nodes: readonly CanvasNode[] }) {
  const live = useEditor((state) => state.liveNodes);
  const isFar = useDetail() === 'far';
  const lines = useMemo(() => wayLines(ways, absoluteRects(nodes)), [ways, nodes]);
  // As text: a movement that brings none into view and loses none draws nothing anew.
  const seen = useStore(({ transform, width, height }) => {
    const view = viewOn(transform, width, height);
    return lines.flatMap((line, at) => (isInView(line, view) ? [at] : [])).join(' ');
  });
  if (seen === '') return null;
  const shown = seen.split(' ').flatMap((at) => {
    const line = lines[Number(at)];
    return line ? [{ ...line, rounds: live[line.from]?.sentBack ?? 0 }] : [];
  });
  return (
    <ViewportPortal>
      <svg className="ways-back" aria-hidden>
        {shown.map(({ id, path, head, rounds }) => (
          <g key={id} className={classNames('way-back', rounds > 0 && 'way-back--gone')}>
            <path d={path} />
            <path className="way-back__head" d={head} />
          </g>
        ))}
      </svg>
      {!isFar &&
        shown.map(({ id, label, rounds }) => (
          <span
            key={id}
            className={classNames('way-back__words', rounds > 0 && 'way-back__words--gone')}
            style={{ transform: `translate(-50%, -50%) translate(${label.x}px, ${label.y}px)` }}
          >
            {wayWords(rounds)}
          </span>
        ))}
    </ViewportPortal>
  );
}
