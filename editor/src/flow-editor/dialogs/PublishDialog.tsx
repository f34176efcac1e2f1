import { diffFlows, summariseDiff } from '@waybill/flow-model';
import { Upload } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { wordsOf } from '../../api/problem-words.ts';
import { useApiQuery } from '../../api/queries.ts';
import { TextAreaField } from '../../ui/Field.tsx';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { Skeleton } from '../../ui/States.tsx';
import { useSending } from '../../ui/sending.ts';
import { toast } from '../../ui/toasts.ts';
import { titleOf } from '../graph/ports.ts';
import { ProblemRows } from '../ProblemList.tsx';
import { saveNow } from '../state/autosave.ts';
import { useEditor, useEditorStore } from '../state/editor-store.ts';

/** Makes the draft the version production runs; shows first what changes and what stands in the way. */
export function PublishDialog() {
  const store = useEditorStore();
  const summary = useEditor((state) => state.summary);
  const problems = useEditor((state) => state.problems);
  const flow = useEditor((state) => state.flow);
  const catalog = useEditor((state) => state.catalog);
  const pinned = Object.keys(flow.pins).map((id) => titleOf(flow, catalog, id));
  const [note, setNote] = useState('');
  const sending = useSending();
  const errors = problems.filter((each) => each.severity === 'error');
  const close = () => store.getState().show({ overlay: null });
  useEffect(() => {
    void saveNow(store);
  }, [store]);
  const live = useApiQuery(
    'getVersion',
    { params: { flowId: summary.id, number: summary.publishedVersion ?? 1 } },
    { enabled: summary.publishedVersion !== null },
  );
  const changes = useMemo(() => {
    if (!live.data) return null;
    // As it will be published: pins stay behind.
    const next = { ...flow, pins: {} };
    return summariseDiff(diffFlows(live.data.flow, next), live.data.flow, next, catalog);
  }, [live.data, flow, catalog]);
  const publish = async () => {
    if (!(await saveNow(store))) throw new Error('The draft could not be saved, so it cannot be published yet.');
    const { summary: after, version } = await api('publishFlow', {
      params: { flowId: summary.id },
      body: { revision: store.getState().revision, note },
    });
    store.getState().setDraft({ summary: after, revision: after.revision });
    void queryClient.invalidateQueries({ queryKey: ['listFlows'] });
    void queryClient.invalidateQueries({ queryKey: ['listVersions'] });
    void queryClient.invalidateQueries({ queryKey: ['webhooks'] });
    toast(`Version ${version.number} is live.`);
    close();
  };
  return (
    <FormDialog
      onClose={close}
      title={`Publish version ${(summary.publishedVersion ?? 0) + 1}`}
      about="New runs use it from now on. Runs under way keep the version they began with."
      width={600}
      sending={sending}
      sound
      perform={publish}
      act={sending.busy ? 'Publishing…' : 'Publish'}
      icon={Upload}
      blocked={errors.length > 0}
      leave="Cancel"
    >
      {errors.length > 0 && (
        <section>
          <h3 className="label-caps">To fix first</h3>
          <ProblemRows problems={errors} onGo={close} />
        </section>
      )}
      {pinned.length > 0 && (
        <p className="callout callout--waiting">
          Pinned data is for designing only: version {(summary.publishedVersion ?? 0) + 1} really runs{' '}
          {pinned.map((title) => `“${title}”`).join(', ')}.
        </p>
      )}
      <section className="stack" style={{ gap: 6 }}>
        <h3 className="label-caps">What changes</h3>
        {summary.publishedVersion === null ? (
          <p className="diff-words">This is the first version of the flow.</p>
        ) : changes ? (
          <ul className="diff-words">
            {changes.length === 0 ? (
              <li>Nothing in its behaviour.</li>
            ) : (
              changes.map((line) => <li key={line}>{line}</li>)
            )}
          </ul>
        ) : live.error ? (
          <p className="muted">{wordsOf(live.error).what}</p>
        ) : (
          <Skeleton height={48} />
        )}
      </section>
      <TextAreaField
        label="Note"
        help="For the version list: why this change."
        rows={2}
        maxLength={2_000}
        value={note}
        onChange={setNote}
      />
    </FormDialog>
  );
}
