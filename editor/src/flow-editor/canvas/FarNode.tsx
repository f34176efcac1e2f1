import type { NodeId } from '@waybill/flow-model';
import { titleOf } from '../graph/ports.ts';
import { useEditor } from '../state/editor-store.ts';

interface FarNodeProps {
  id: NodeId;
  selected: boolean;
  height: number | undefined;
}

/**
 * A card or frame too small to read. The picture shows it, see `FarPicture`; only while the pointer is on it or it is chosen is it
 * an element, to be pressed, dragged and given the focus.
 */
export function FarNode({ id, selected, height }: FarNodeProps) {
  const isPointedAt = useEditor((state) => state.pointedAt === id);
  return selected || isPointedAt ? <FarTarget id={id} height={height} /> : null;
}

function FarTarget({ id, height }: Omit<FarNodeProps, 'selected'>) {
  const title = useEditor((state) => titleOf(state.flow, state.catalog, id));
  return <div className="far" style={{ height }} title={title} />;
}
