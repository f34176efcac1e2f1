import { useEffect, useState } from 'react';
import { useApiQuery } from '../../api/queries.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { ListState } from '../../ui/States.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { toast } from '../../ui/toasts.ts';
import { saveNow } from '../state/autosave.ts';
import { useEditor, useEditorStore } from '../state/editor-store.ts';

/** The flow as the text that lies in Git; it can be imported again. */
export function FlowTextDialog() {
  const store = useEditorStore();
  const flowId = useEditor((state) => state.summary.id);
  const saved = useEditor((state) => state.save.kind === 'saved');
  const [file, setFile] = useState<string | null>(null);
  useEffect(() => {
    void saveNow(store);
  }, [store]);
  const text = useApiQuery('exportFlow', { params: { flowId }, query: {} }, { enabled: saved, staleTime: 0 });
  const close = () => store.getState().show({ overlay: null });
  const copy = (content: string) =>
    void navigator.clipboard.writeText(content).then(
      () => toast('Copied.'),
      () => toast('The browser did not let Waybill use the clipboard.', { tone: 'failed' }),
    );
  return (
    <Dialog
      open
      onClose={close}
      title="Text of the flow"
      about="One file per concern, made to be kept in Git."
      width={760}
    >
      <ListState query={text} isEmpty={(data) => Object.keys(data.files).length === 0} empty={<p>No text.</p>}>
        {({ files }) => {
          const names = Object.keys(files);
          const shown = file ?? names[0] ?? '';
          return (
            <div className="text-files">
              <Tabs
                label="Files"
                value={shown}
                onChange={setFile}
                tabs={names.map((name) => ({ value: name, label: name }))}
              />
              <pre>{files[shown]}</pre>
              <div className="row">
                <Button small onClick={() => copy(files[shown] ?? '')}>
                  Copy this file
                </Button>
                <Button small onClick={() => copy(JSON.stringify({ files }, null, 2))}>
                  Copy all for import
                </Button>
              </div>
            </div>
          );
        }}
      </ListState>
    </Dialog>
  );
}
