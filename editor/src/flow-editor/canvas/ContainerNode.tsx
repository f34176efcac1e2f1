import type { NodeProps } from '@xyflow/react';
import { NodeResizer } from '@xyflow/react';
import { Plus } from 'lucide-react';
import { memo } from 'react';
import { classNames } from '../../ui/class-names.ts';
import { absoluteBox, CONTAINER_HEAD } from '../graph/geometry.ts';
import { filledContainers } from '../state/derived.ts';
import { useEditor, useEditorStore } from '../state/editor-store.ts';
import { CollapseButton } from './CollapseButton.tsx';
import { useDetail } from './detail.ts';
import { FarNode } from './FarNode.tsx';
import { toneOf } from './live-tone.ts';
import { NodeHead, NodeMarks, Ports } from './NodeCard.tsx';
import { containerPortTop } from './node-shape.ts';

/** A frame with steps inside: For each, Group. */
export const ContainerNode = memo(function ContainerNode({ id, selected, height }: NodeProps) {
  return useDetail() === 'far' ? (
    <FarNode id={id} selected={selected} height={height} />
  ) : (
    <FullContainer id={id} selected={selected} />
  );
});

function FullContainer({ id, selected }: { id: string; selected: boolean }) {
  const store = useEditorStore();
  const isEmpty = useEditor((state) => !filledContainers(state.flow.nodes).has(id));
  const disabled = useEditor((state) => state.flow.nodes[id]?.disabled);
  const readOnly = useEditor((state) => state.readOnly);
  const tone = useEditor((state) => toneOf(state.liveNodes[id]));
  const addInside = () => {
    const box = absoluteBox(store.getState().flow, id);
    store.getState().show({ nodePanel: { parent: id, at: { x: box.x + 32, y: box.y + CONTAINER_HEAD + 32 } } });
  };
  return (
    <div
      className={classNames(
        'container',
        selected && 'container--selected',
        disabled && 'card--off',
        tone && `card--${tone}`,
      )}
    >
      <NodeResizer
        isVisible={selected && !readOnly}
        minWidth={280}
        minHeight={140}
        onResizeEnd={(_, { x, y, width, height }) => {
          const { flow, apply } = store.getState();
          const box = { ...flow.layout[id], x, y, width, height };
          apply({ op: 'set-box', id, box }, { label: 'Resize' });
        }}
      />
      <div className="container__head">
        <NodeHead id={id} />
        <CollapseButton id={id} />
      </div>
      {isEmpty && !readOnly && (
        <button type="button" className="container__add nodrag" onClick={addInside}>
          <Plus size={15} aria-hidden /> Add a step inside
        </button>
      )}
      <NodeMarks id={id} />
      <Ports id={id} tops={containerPortTop} />
    </div>
  );
}
