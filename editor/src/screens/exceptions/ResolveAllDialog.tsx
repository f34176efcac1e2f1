import type { ExceptionAct, ExceptionBulkPreview, ExceptionFilterQuery } from '@waybill/api-contract';
import { useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { wordsOf } from '../../api/problem-words.ts';
import { useApiQuery } from '../../api/queries.ts';
import { navigate } from '../../app/router.tsx';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { TextAreaField, TextField } from '../../ui/Field.tsx';
import { ErrorState, SkeletonRows } from '../../ui/States.tsx';
import { actLabels, actMeans, exceptionsWords, refusalWords, valuesWords } from './exception-words.ts';

interface ResolveAllDialogProps {
  /** Which open problems; with `rowsOf` only those whose row of that lookup table is there now. */
  of: { filter: Partial<Omit<ExceptionFilterQuery, 'status'>>; rowsOf?: string };
  act: ExceptionAct;
  /** Why, to begin with. */
  reason?: string;
  onClose: () => void;
}

const reasonOf = (act: ExceptionAct): string => (act.act === 'decide' ? act.comment : act.reason) ?? '';

/** The same act for many problems: first what it would touch; then it goes on by itself, whoever looks. */
export function ResolveAllDialog({ of, act, reason: given, onClose }: ResolveAllDialogProps) {
  const [reason, setReason] = useState(given ?? reasonOf(act));
  const [perMinute, setPerMinute] = useState('600');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<{ what: string; fix: string } | null>(null);
  const selection = { filter: of.filter, rowsOf: of.rowsOf ?? null, act };
  const preview = useApiQuery('previewExceptionBulk', { body: selection }, { staleTime: 0 });
  const shown = preview.isPlaceholderData ? undefined : preview.data;
  const count = shown?.count ?? 0;
  const pace = Number(perMinute);
  const paceWrong = !Number.isInteger(pace) || pace < 1 || pace > 60_000;
  const reasonMissing = reason.trim() === '';
  const isPossible = shown !== undefined && count > 0 && !shown.isMore;

  const perform = async () => {
    setTried(true);
    if (busy || !isPossible || paceWrong || reasonMissing) return;
    setBusy(true);
    setProblem(null);
    try {
      const made = await api('createExceptionBulk', {
        body: {
          ...selection,
          name: `${actLabels[act.act]}: ${exceptionsWords(count)}`,
          reason: reason.trim(),
          perMinute: pace,
          expectedCount: count,
        },
      });
      onClose();
      navigate(`/bulk/${made.id}`);
    } catch (error) {
      setProblem(wordsOf(error));
      void queryClient.invalidateQueries({ queryKey: ['previewExceptionBulk'] });
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title={`${actLabels[act.act]}: all of them`}
      {...(act.act === 'decide' ? {} : { about: actMeans[act.act] })}
      width={560}
      onSubmit={() => void perform()}
      foot={
        <>
          <Button onClick={onClose}>Back</Button>
          <Button
            type="submit"
            look={act.act === 'cancel-run' ? 'danger-solid' : 'primary'}
            disabled={busy || !isPossible}
          >
            {isPossible ? `${actLabels[act.act]} for ${count.toLocaleString()}` : actLabels[act.act]}
          </Button>
        </>
      }
    >
      <div className="stack">
        {preview.error ? (
          <ErrorState error={preview.error} onRetry={() => void preview.refetch()} />
        ) : shown ? (
          <Preview preview={shown} />
        ) : (
          <SkeletonRows rows={3} />
        )}
        <TextAreaField
          label="Reason"
          rows={2}
          value={reason}
          help="Kept with every problem and in the audit log."
          error={tried && reasonMissing ? 'Say why: others will read it.' : undefined}
          onChange={setReason}
        />
        <TextField
          label="At most per minute"
          type="number"
          min={1}
          max={60_000}
          value={perMinute}
          help="It goes on without this window; you can watch, slow down or stop it under Bulk actions."
          error={paceWrong ? 'A whole number from 1 to 60,000.' : undefined}
          onChange={setPerMinute}
        />
        {problem && (
          <p className="callout callout--failed" role="alert">
            {problem.what} {problem.fix}
          </p>
        )}
      </div>
    </Dialog>
  );
}

function Preview({ preview }: { preview: ExceptionBulkPreview }) {
  const { count, isMore, sample, value } = preview;
  const worth = valuesWords(value);
  const refusal = refusalWords(preview);
  if (count === 0) return <p className="callout">No open exception matches any more.</p>;
  return (
    <section className="callout" aria-label="Preview" aria-live="polite">
      <div>
        <strong>
          {isMore ? `More than ${exceptionsWords(count)}: narrow the list first` : exceptionsWords(count)}
          {worth && `, ${worth} at stake`}
        </strong>
        <p>
          {sample.map((one) => one.subject?.label ?? one.title).join(', ')}
          {count > sample.length && ` and ${(count - sample.length).toLocaleString()} more`}
        </p>
        {refusal && <p>{refusal}</p>}
      </div>
    </section>
  );
}
