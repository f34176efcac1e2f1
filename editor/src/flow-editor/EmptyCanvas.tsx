import { Plus, Workflow } from 'lucide-react';
import { Button } from '../ui/Button.tsx';
import { Kbd } from '../ui/Kbd.tsx';
import { EmptyState } from '../ui/States.tsx';
import { useEditor, useEditorStore } from './state/editor-store.ts';

export function EmptyCanvas() {
  const store = useEditorStore();
  const isEmpty = useEditor((state) => Object.keys(state.flow.nodes).length === 0 && !state.nodePanel);
  const readOnly = useEditor((state) => state.readOnly);
  if (!isEmpty) return null;
  return (
    <div className="empty-canvas">
      <EmptyState
        icon={Workflow}
        title="What starts this flow?"
        actions={
          !readOnly && (
            <Button look="primary" icon={Plus} onClick={() => store.getState().show({ nodePanel: {} })}>
              Add a trigger
            </Button>
          )
        }
      >
        Begin with a webhook, a schedule or a form. <Kbd keys="N" /> opens the list of steps anywhere.
      </EmptyState>
    </div>
  );
}
