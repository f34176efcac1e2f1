import type { NodeId } from '@waybill/flow-model';
import type { CSSProperties } from 'react';
import { classNames } from '../../ui/class-names.ts';
import { manifestOf, titleOf } from '../graph/ports.ts';
import { worstByNode } from '../state/derived.ts';
import { useEditor } from '../state/editor-store.ts';
import { toneOf } from './live-tone.ts';
import { tileColor } from './NodeIcon.tsx';

interface FarNodeProps {
  id: NodeId;
  selected: boolean;
  height: number | undefined;
}

/** A card or container too small to read: one element with the colours of what it is and how it stands. */
export function FarNode({ id, selected, height }: FarNodeProps) {
  const node = useEditor((state) => state.flow.nodes[id]);
  const catalog = useEditor((state) => state.catalog);
  const title = useEditor((state) => titleOf(state.flow, state.catalog, id));
  const collapsed = useEditor((state) => state.flow.layout[id]?.collapsed === true);
  const tone = useEditor((state) => toneOf(state.liveNodes[id]));
  const worst = useEditor((state) => worstByNode(state.problems).get(id));
  if (!node) return null;
  const manifest = manifestOf(catalog, node);
  const isContainer = manifest?.container !== undefined && !collapsed;
  return (
    <div
      className={classNames(
        'far',
        isContainer ? 'container far--container' : 'card far--card',
        selected && (isContainer ? 'container--selected' : 'card--selected'),
        node.disabled && 'card--off',
        manifest?.kind === 'trigger' && 'card--trigger',
        !manifest && 'card--unknown',
        tone && `card--${tone}`,
        worst && `far--${worst}`,
      )}
      style={{ height, '--tile': tileColor(manifest) } as CSSProperties}
      title={title}
    />
  );
}
