import type { ExceptionAct, ExceptionBulkPreview, ExceptionFilterQuery } from '@waybill/api-contract';
import { useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { useApiQuery } from '../../api/queries.ts';
import { navigate } from '../../app/router.tsx';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { ReasonField } from '../../ui/ReasonField.tsx';
import { useSending } from '../../ui/sending.ts';
import { AgreedPreview, agreedTo } from '../bulk/AgreedPreview.tsx';
import { PaceField, paceOf } from '../bulk/PaceField.tsx';
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
  const sending = useSending();
  const selection = { filter: of.filter, rowsOf: of.rowsOf ?? null, act };
  const preview = useApiQuery('previewExceptionBulk', { body: selection }, { staleTime: 0 });
  const shown = agreedTo(preview);
  const count = shown?.count ?? 0;
  const pace = paceOf(perMinute);
  const isPossible = count > 0 && !shown?.isMore;

  const perform = async () => {
    if (pace === null) return;
    const plan = {
      ...selection,
      name: `${actLabels[act.act]}: ${exceptionsWords(count)}`,
      reason: reason.trim(),
      perMinute: pace,
      expectedCount: count,
    };
    const made = await api('createExceptionBulk', { body: plan }).catch((error: unknown) => {
      void queryClient.invalidateQueries({ queryKey: ['previewExceptionBulk'] });
      throw error;
    });
    onClose();
    navigate(`/bulk/${made.id}`);
  };

  return (
    <FormDialog
      onClose={onClose}
      title={`${actLabels[act.act]}: all of them`}
      about={act.act === 'decide' ? undefined : actMeans[act.act]}
      width={560}
      sending={sending}
      sound={pace !== null && reason.trim() !== ''}
      perform={perform}
      act={isPossible ? `${actLabels[act.act]} for ${count.toLocaleString()}` : actLabels[act.act]}
      danger={act.act === 'cancel-run'}
      blocked={!isPossible}
    >
      <AgreedPreview of={preview}>{(now) => <Preview preview={now} />}</AgreedPreview>
      <ReasonField
        value={reason}
        tried={sending.tried}
        help="Kept with every problem and in the audit log."
        onChange={setReason}
      />
      <PaceField
        value={perMinute}
        help="It goes on without this window; you can watch, slow down or stop it under Bulk actions."
        onChange={setPerMinute}
      />
    </FormDialog>
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
