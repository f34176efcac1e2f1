import { Users } from 'lucide-react';
import { useState } from 'react';
import { api } from '../api/client.ts';
import { navigate } from '../app/router.tsx';
import { Button } from '../ui/Button.tsx';
import { toastError } from '../ui/toasts.ts';
import { isDirty, loadDetail } from './state/autosave.ts';
import { useEditor, useEditorStore } from './state/editor-store.ts';

/** Somebody else saved this flow: nothing of either side is overwritten until a person chooses. */
export function ConflictBanner() {
  const store = useEditorStore();
  const save = useEditor((state) => state.save);
  const dirty = useEditor(isDirty);
  const [busy, setBusy] = useState(false);
  if (save.kind !== 'conflict') return null;
  const act = (action: () => Promise<void>) => {
    setBusy(true);
    void action()
      .catch(toastError)
      .finally(() => setBusy(false));
  };
  const reload = () =>
    act(async () => loadDetail(store, await api('getFlow', { params: { flowId: store.getState().summary.id } })));
  const keepCopy = () =>
    act(async () => {
      const { flow } = store.getState();
      const copy = await api('createFlow', { body: { name: `${flow.name} (my copy)`.slice(0, 120), flow } });
      loadDetail(store, await api('getFlow', { params: { flowId: store.getState().summary.id } }));
      navigate(`/flows/${copy.summary.id}`);
    });
  return (
    <div className="conflict" role="alert">
      <Users size={16} aria-hidden />
      <span>
        <strong>{save.by ?? 'Somebody'} changed this flow in another tab.</strong>{' '}
        {dirty ? 'Your last changes are not saved and overwrite nothing.' : 'What you see is older.'}
      </span>
      <Button small onClick={reload} disabled={busy}>
        {dirty ? 'Drop mine and reload' : 'Reload'}
      </Button>
      {dirty && (
        <Button small onClick={keepCopy} disabled={busy}>
          Keep mine as a copy
        </Button>
      )}
    </div>
  );
}
