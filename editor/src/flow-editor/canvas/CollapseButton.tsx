import { ChevronsDownUp, ChevronsUpDown } from 'lucide-react';
import { IconButton } from '../../ui/Button.tsx';
import { toggleCollapsed } from '../graph/collapse.ts';
import { useEditor, useEditorStore } from '../state/editor-store.ts';

/** Folds a container to a card, or opens it again. */
export function CollapseButton({ id }: { id: string }) {
  const store = useEditorStore();
  const collapsed = useEditor((state) => state.flow.layout[id]?.collapsed === true);
  return (
    <IconButton
      label={collapsed ? 'Open' : 'Fold'}
      shortcut="Alt+G"
      icon={collapsed ? ChevronsUpDown : ChevronsDownUp}
      small
      className="nodrag card__fold"
      onClick={() =>
        store.getState().apply(toggleCollapsed(store.getState().flow, [id]), { label: collapsed ? 'Open' : 'Fold' })
      }
    />
  );
}
