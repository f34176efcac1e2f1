import type { RunSummaryView, UndoPreview } from '@waybill/api-contract';
import { useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { isShown, useApiQuery } from '../../api/queries.ts';
import { Link } from '../../app/router.tsx';
import { StatusBadge } from '../../ui/Badge.tsx';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { ReasonField } from '../../ui/ReasonField.tsx';
import { ListState } from '../../ui/States.tsx';
import { useSending } from '../../ui/sending.ts';
import { RelativeTime } from '../../ui/Time.tsx';
import { toast } from '../../ui/toasts.ts';

const stayWords: Record<UndoPreview['stays'][number]['why'], string> = {
  'no-undo': 'cannot be taken back by itself',
  'not-asked': 'stays',
  unknown: 'nobody knows whether it happened',
  'called-flow': 'has a run of its own',
};

interface TakeBackDialogProps {
  run: RunSummaryView;
  onClose: () => void;
  onDone: () => void;
}

/** Shows what a run did that can be taken back and what stays, and takes back what is chosen. */
export function TakeBackDialog({ run, onClose, onDone }: TakeBackDialogProps) {
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [reason, setReason] = useState('');
  const sending = useSending();
  // What was shown a moment ago must not be what is agreed to now.
  const preview = useApiQuery('previewUndo', { params: { runId: run.id } }, { staleTime: 0, gcTime: 0 });
  const effects = preview.data?.effects ?? [];
  const chosen = effects.filter((effect) => !left.has(effect.effectKey));
  const perform = async () => {
    const effects = chosen.map((effect) => effect.effectKey);
    await api('undoRun', { params: { runId: run.id }, body: { reason: reason.trim(), effects } });
    await Promise.all(['listRuns', 'countRuns'].map((route) => queryClient.invalidateQueries({ queryKey: [route] })));
    toast('Taking back, the newest first.');
    onDone();
    onClose();
  };
  const toggle = (key: string) =>
    setLeft((before) => {
      const next = new Set(before);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  return (
    <FormDialog
      onClose={onClose}
      title="Take back effects"
      about="What this run did in other systems is taken back, the newest first. If one cannot be, a person is asked and the rest goes on."
      width={620}
      sending={sending}
      sound={reason.trim() !== ''}
      perform={perform}
      act={chosen.length === 1 ? 'Take back 1 effect' : `Take back ${chosen.length} effects`}
      danger
      blocked={chosen.length === 0 || !isShown(preview)}
    >
      <ListState
        query={preview}
        isEmpty={(data) => data.effects.length === 0 && data.stays.length === 0}
        empty={<p>This run has changed nothing in other systems.</p>}
      >
        {(data) => (
          <>
            {data.effects.length === 0 ? (
              <p>Nothing of what this run did can be taken back by itself.</p>
            ) : (
              <fieldset className="take-back" aria-label="What is taken back">
                <legend>What is taken back</legend>
                {data.effects.map((effect) => (
                  <label key={effect.effectKey} className="take-back__one">
                    <input
                      type="checkbox"
                      checked={!left.has(effect.effectKey)}
                      onChange={() => toggle(effect.effectKey)}
                    />
                    <span className="truncate" title={effect.step}>
                      {effect.title}
                      {effect.connection && (
                        <span className="muted"> in {effect.connection.name ?? effect.connection.binding}</span>
                      )}
                    </span>
                    <span className="muted nowrap">
                      <RelativeTime at={effect.at} />
                    </span>
                  </label>
                ))}
              </fieldset>
            )}
            {data.effects.length > 0 && data.goesOnIn.map((later) => <GoesOnIn key={later.runId} {...later} />)}
            {data.stays.length > 0 && <Staying stays={data.stays} />}
            {data.effects.length > 0 && <ReasonField value={reason} tried={sending.tried} onChange={setReason} />}
          </>
        )}
      </ListState>
    </FormDialog>
  );
}

function GoesOnIn({ runId, status }: UndoPreview['goesOnIn'][number]) {
  return (
    <p className="callout callout--waiting">
      <span>
        <Link href={`/runs/${encodeURIComponent(runId)}`}>A later run</Link> <StatusBadge status={status} /> repeats
        this one and goes on from what was written here. What is taken back is missing there too.
      </span>
    </p>
  );
}

function Staying({ stays }: { stays: UndoPreview['stays'] }) {
  return (
    <section className="take-back" aria-label="Stays as it is">
      <h3>Stays as it is</h3>
      <ul>
        {stays.map((stay) => (
          <li key={`${stay.step} ${stay.effectKey}`} className="take-back__one">
            <span className="truncate" title={stay.step}>
              {stay.title}
            </span>
            <span className="muted">
              {stay.runId ? (
                <Link href={`/runs/${encodeURIComponent(stay.runId)}`}>{stayWords[stay.why]}</Link>
              ) : (
                (stay.because ?? stayWords[stay.why])
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
