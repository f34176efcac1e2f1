import type { RecordRetryPreview, RunSummaryView, StepView, StreamRecord } from '@waybill/api-contract';
import { useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { isShown, useApiQuery } from '../../api/queries.ts';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { plainWords } from '../../ui/plain-words.ts';
import { ReasonField } from '../../ui/ReasonField.tsx';
import { ListState, SkeletonRows } from '../../ui/States.tsx';
import { useSending } from '../../ui/sending.ts';
import { toast } from '../../ui/toasts.ts';
import { EditedInputField } from './EditedInputField.tsx';
import { useEditedValue } from './edited-input.ts';
import { recordName, recordRetryWords, sendWords } from './record-retry-words.ts';

interface RecordRetryDialogProps {
  run: Pick<RunSummaryView, 'id'>;
  step: StepView;
  /** Absent: all that were refused. */
  record: StreamRecord | null;
  onClose: () => void;
}

/** Sends records again that their system refused, after showing what will be written; a single one can be corrected. */
export function RecordRetryDialog({ run, step, record, onClose }: RecordRetryDialogProps) {
  const [reason, setReason] = useState('');
  const sending = useSending();
  const params = { runId: run.id, step: step.step };
  const only =
    record && record.batch !== null && record.place !== null ? { batch: record.batch, place: record.place } : null;
  // What was shown a moment ago must not be what is agreed to now.
  const preview = useApiQuery('previewRecordRetry', { params, query: only ?? {} }, { staleTime: 0, gcTime: 0 });
  const edit = useEditedValue(preview.data?.record?.value);
  const may = isShown(preview) && preview.data?.fault === null && preview.data.count > 0;

  const perform = async () => {
    if (!preview.data) return;
    const { asOf, count } = preview.data;
    const body = { asOf, reason: reason.trim(), ...(only ? { only } : {}), ...edit.toSend };
    await api('retryRecords', { params, body });
    toast(count === 1 ? 'The record is sent again.' : `${count.toLocaleString()} records are sent again.`);
    void queryClient.invalidateQueries({ queryKey: ['getStepRecords'] });
    void queryClient.invalidateQueries({ queryKey: ['countRuns'] });
    onClose();
  };

  return (
    <FormDialog
      onClose={onClose}
      title={record ? 'Send this record again?' : 'Send refused records again?'}
      about={record ? `${recordName(record)}, of “${step.title}”` : `Of “${step.title}”`}
      width={edit.editing ? 720 : 560}
      sending={sending}
      sound={reason.trim() !== '' && edit.fault === null}
      perform={perform}
      act={sendWords(record ? 1 : (preview.data?.count ?? 0))}
      blocked={!may}
    >
      <ListState
        query={preview}
        loading={<SkeletonRows rows={3} />}
        isEmpty={({ count }) => count === 0}
        empty={<p className="muted">No record of this step is refused any more.</p>}
      >
        {(data) => <WhatIsSent preview={data} />}
      </ListState>
      {record && may && (
        <EditedInputField
          input={edit}
          of="record"
          rows={Math.min(10, edit.text.split('\n').length + 1)}
          help="The change is kept with the run, beside the record as it was read."
        />
      )}
      <ReasonField value={reason} tried={sending.tried} onChange={setReason} />
    </FormDialog>
  );
}

function WhatIsSent({ preview }: { preview: RecordRetryPreview }) {
  const { fault, record } = preview;
  if (fault)
    return (
      <section className="callout" aria-label="Why not">
        <p>
          <strong>{fault.what}</strong>
        </p>
        <p>{fault.fix}</p>
      </section>
    );
  const { sent, left, more } = recordRetryWords(preview);
  return (
    <section className="replay-writes replay-writes--plain" aria-label="What will be written">
      <h3>What will be written</h3>
      <ul>
        <li>{sent}</li>
        {left !== null && <li className="muted">{left}</li>}
        {more !== null && <li className="muted">{more}</li>}
      </ul>
      {record?.what && <p className="muted">It was refused before: {plainWords(record.what)}</p>}
    </section>
  );
}
