import type { VersionSummary } from '@waybill/api-contract';
import { readBack } from '@waybill/flow-model';
import { GitCompare, History } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { useApiQuery } from '../../api/queries.ts';
import { Badge } from '../../ui/Badge.tsx';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { EmptyState, ListState, Skeleton } from '../../ui/States.tsx';
import { RelativeTime } from '../../ui/Time.tsx';
import { toast, toastError } from '../../ui/toasts.ts';
import { loadDetail, saveNow } from '../state/autosave.ts';
import { useEditor, useEditorStore } from '../state/editor-store.ts';

/** Published versions: what each says, what the draft changed since, and the way back. */
export function VersionsDrawer() {
  const store = useEditorStore();
  const flowId = useEditor((state) => state.summary.id);
  const readOnly = useEditor((state) => state.readOnly);
  const [open, setOpen] = useState<number | null>(null);
  const versions = useApiQuery('listVersions', { params: { flowId } }, { staleTime: 0 });
  const close = () => store.getState().show({ overlay: null });
  const compare = (from: string, to: string) =>
    store.getState().show({ overlay: null, expanded: false, nodePanel: null, compare: { from, to } });
  const revert = async (version: VersionSummary) => {
    try {
      if (!(await saveNow(store))) return;
      const before = store.getState().flow;
      const detail = await api('revertDraft', {
        params: { flowId, number: version.number },
        body: { revision: store.getState().revision },
      });
      loadDetail(store, detail);
      close();
      toast(`The draft equals version ${version.number}.`, {
        action: {
          label: 'Undo',
          // Put back as an ordinary change: it is saved, and can itself be undone.
          perform: () => store.setState({ flow: { ...before } }),
        },
      });
    } catch (error) {
      toastError(error);
    }
  };
  return (
    <Dialog open onClose={close} as="drawer" title="Versions" about="Each is kept as it was published." width={460}>
      <ListState
        query={versions}
        isEmpty={(data) => data.items.length === 0}
        empty={
          <EmptyState icon={History} title="Not published yet">
            Publishing makes the first version. Until then only test runs use this flow.
          </EmptyState>
        }
      >
        {(data) => (
          <ul className="versions">
            {data.items.map((version) => (
              <li key={version.id} data-current={version.current}>
                <div className="row spread">
                  <strong>Version {version.number}</strong>
                  {version.current && (
                    <Badge tone="done" dot>
                      Live
                    </Badge>
                  )}
                </div>
                {version.note && <p>{version.note}</p>}
                <p className="muted">
                  <RelativeTime at={version.publishedAt} /> by {version.publishedBy}
                </p>
                <div className="row versions__acts">
                  <Button small onClick={() => setOpen(open === version.number ? null : version.number)}>
                    {open === version.number ? 'Hide' : 'View'}
                  </Button>
                  <Button small icon={GitCompare} onClick={() => compare(String(version.number), 'draft')}>
                    Compare with the draft
                  </Button>
                  {version.number > 1 && (
                    <Button small onClick={() => compare(String(version.number - 1), String(version.number))}>
                      With version {version.number - 1}
                    </Button>
                  )}
                  {!readOnly && (
                    <Button small onClick={() => void revert(version)}>
                      Make the draft equal to it
                    </Button>
                  )}
                </div>
                {open === version.number && <VersionView number={version.number} />}
              </li>
            ))}
          </ul>
        )}
      </ListState>
    </Dialog>
  );
}

function VersionView({ number }: { number: number }) {
  const flowId = useEditor((state) => state.summary.id);
  const catalog = useEditor((state) => state.catalog);
  const version = useApiQuery('getVersion', { params: { flowId, number } });
  const diff = useApiQuery(
    'diffVersions',
    { params: { flowId }, query: { from: String(number), to: 'draft' } },
    { staleTime: 0 },
  );
  if (!version.data) return <Skeleton height={80} />;
  const words = readBack(version.data.flow, catalog);
  return (
    <div className="stack">
      <section>
        <h3 className="label-caps">What it does</h3>
        <ol className="readback">
          {words.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ol>
      </section>
      {diff.data && (
        <section>
          <h3 className="label-caps">Changed in the draft since</h3>
          <ul className="diff-words">
            {diff.data.words.length === 0 ? (
              <li>Nothing.</li>
            ) : (
              diff.data.words.map((line) => <li key={line}>{line}</li>)
            )}
          </ul>
        </section>
      )}
    </div>
  );
}
