import type { BulkAct, BulkOperation, BulkReplayOptions, BulkRetryOptions } from '@waybill/api-contract';
import { bulkActs } from '@waybill/api-contract';
import { useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { useApiQuery } from '../../api/queries.ts';
import { navigate } from '../../app/router.tsx';
import { TextField } from '../../ui/Field.tsx';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { RadioCards } from '../../ui/RadioCards.tsx';
import { ReasonField } from '../../ui/ReasonField.tsx';
import { useSending } from '../../ui/sending.ts';
import { AgreedPreview, agreedTo } from './AgreedPreview.tsx';
import { BulkPreviewBox } from './BulkPreviewBox.tsx';
import { actLooks } from './bulk-words.ts';
import { PaceField, paceOf } from './PaceField.tsx';
import { ReplayChoices } from './ReplayChoices.tsx';
import { RetryChoices } from './RetryChoices.tsx';
import './bulk.css';

const replayDefaults: BulkReplayOptions = { version: 'same', effects: 'skip-confirmed' };

interface BulkDialogProps {
  /** The list that is on screen; its runs are the ones. */
  query: BulkOperation['filter'];
  /** An operation that is made again. */
  again?: Pick<BulkOperation, 'replay' | 'retry' | 'name' | 'perMinute'> & { act: BulkAct };
  onClose: () => void;
}

/** Chooses an act for all runs of a list, shows what it would touch, and starts it. */
export function BulkDialog({ query, again, onClose }: BulkDialogProps) {
  const [act, setAct] = useState<BulkAct>(again?.act ?? 'retry');
  const [name, setName] = useState(again?.name ?? '');
  const [reason, setReason] = useState('');
  const [perMinute, setPerMinute] = useState(String(again?.perMinute ?? 600));
  const [replay, setReplay] = useState<BulkReplayOptions>(again?.replay ?? replayDefaults);
  const [retry, setRetry] = useState<BulkRetryOptions>(again?.retry ?? { version: 'same' });
  const [startAt, setStartAt] = useState('');
  const sending = useSending();
  const preview = useApiQuery('previewBulk', { body: { act, replay, retry, filter: query } }, { staleTime: 0 });
  const shown = agreedTo(preview);

  const pace = paceOf(perMinute);
  const start = startAt === '' ? undefined : Date.parse(startAt);
  const startWrong = start !== undefined && !Number.isFinite(start);
  const isPossible = shown !== undefined && shown.count > 0 && !shown.isMore;

  const perform = async () => {
    if (!isPossible || pace === null) return;
    const plan = {
      act,
      replay,
      retry,
      filter: query,
      name: name.trim() || `${actLooks[act].label}: ${shown.count} runs`,
      reason: reason.trim(),
      perMinute: pace,
      expectedCount: shown.count,
      ...(start === undefined ? {} : { startAt: start }),
    };
    const made = await api('createBulk', { body: plan }).catch((error: unknown) => {
      void queryClient.invalidateQueries({ queryKey: ['previewBulk'] });
      throw error;
    });
    onClose();
    navigate(`/bulk/${made.id}`);
  };

  return (
    <FormDialog
      onClose={onClose}
      title={again ? `Make “${again.name}” again` : 'Act on all runs of this list'}
      about={
        again
          ? 'The runs of its list that had begun when it was made, as they are now.'
          : 'Everything that matches the filter, not only what is on screen.'
      }
      width={680}
      sending={sending}
      sound={reason.trim() !== '' && pace !== null && !startWrong}
      perform={perform}
      act={isPossible ? `${actLooks[act].label} ${shown.count.toLocaleString()}` : actLooks[act].label}
      danger={actLooks[act].danger ?? false}
      blocked={!isPossible}
    >
      <RadioCards
        label="What to do"
        value={act}
        options={bulkActs.map((value) => ({ value, label: actLooks[value].label, about: actLooks[value].about }))}
        onChange={setAct}
        paired
      />
      {act === 'retry' && <RetryChoices value={retry} onChange={setRetry} />}
      {act === 'replay' && <ReplayChoices value={replay} onChange={setReplay} />}
      <AgreedPreview of={preview}>{(now) => <BulkPreviewBox preview={now} />}</AgreedPreview>
      <ReasonField
        value={reason}
        tried={sending.tried}
        help="Kept with every run and in the audit log."
        onChange={setReason}
      />
      <div className="bulk-how">
        <TextField
          label="Name"
          required={false}
          value={name}
          placeholder="Retry after the ERP outage"
          onChange={setName}
        />
        <PaceField value={perMinute} onChange={setPerMinute} />
        <TextField label="Not before" required={false} type="datetime-local" value={startAt} onChange={setStartAt} />
      </div>
    </FormDialog>
  );
}
