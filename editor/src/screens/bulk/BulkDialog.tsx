import type { BulkAct, BulkOperation, BulkReplayOptions, BulkRetryOptions } from '@waybill/api-contract';
import { bulkActs } from '@waybill/api-contract';
import { useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { wordsOf } from '../../api/problem-words.ts';
import { useApiQuery } from '../../api/queries.ts';
import { navigate } from '../../app/router.tsx';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { TextAreaField, TextField } from '../../ui/Field.tsx';
import { ErrorState, SkeletonRows } from '../../ui/States.tsx';
import { BulkPreviewBox } from './BulkPreviewBox.tsx';
import { actLooks } from './bulk-words.ts';
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
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<{ what: string; fix: string } | null>(null);
  const preview = useApiQuery('previewBulk', { body: { act, replay, retry, filter: query } }, { staleTime: 0 });
  const shown = preview.isPlaceholderData ? undefined : preview.data;

  const pace = Number(perMinute);
  const paceWrong = !Number.isInteger(pace) || pace < 1 || pace > 60_000;
  const start = startAt === '' ? undefined : Date.parse(startAt);
  const startWrong = start !== undefined && !Number.isFinite(start);
  const reasonMissing = reason.trim() === '';
  const isPossible = shown !== undefined && shown.count > 0 && !shown.isMore;

  const perform = async () => {
    setTried(true);
    if (busy || !isPossible || reasonMissing || paceWrong || startWrong) return;
    setBusy(true);
    setProblem(null);
    try {
      const made = await api('createBulk', {
        body: {
          act,
          replay,
          retry,
          filter: query,
          name: name.trim() || `${actLooks[act].label}: ${shown.count} runs`,
          reason: reason.trim(),
          perMinute: pace,
          expectedCount: shown.count,
          ...(start === undefined ? {} : { startAt: start }),
        },
      });
      onClose();
      navigate(`/bulk/${made.id}`);
    } catch (error) {
      setProblem(wordsOf(error));
      void queryClient.invalidateQueries({ queryKey: ['previewBulk'] });
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title={again ? `Make “${again.name}” again` : 'Act on all runs of this list'}
      about={
        again
          ? 'The runs of its list that had begun when it was made, as they are now.'
          : 'Everything that matches the filter, not only what is on screen.'
      }
      width={680}
      onSubmit={() => void perform()}
      foot={
        <>
          <Button onClick={onClose}>Back</Button>
          <Button type="submit" look={actLooks[act].danger ? 'danger-solid' : 'primary'} disabled={busy || !isPossible}>
            {isPossible ? `${actLooks[act].label} ${shown.count.toLocaleString()}` : actLooks[act].label}
          </Button>
        </>
      }
    >
      <div className="stack">
        <fieldset className="bulk-acts" aria-label="What to do">
          {bulkActs.map((option) => (
            <label key={option} className="bulk-acts__one">
              <input type="radio" name="act" checked={act === option} onChange={() => setAct(option)} />
              <span>
                <strong>{actLooks[option].label}</strong>
                <span className="muted">{actLooks[option].about}</span>
              </span>
            </label>
          ))}
        </fieldset>
        {act === 'retry' && <RetryChoices value={retry} onChange={setRetry} />}
        {act === 'replay' && <ReplayChoices value={replay} onChange={setReplay} />}
        {preview.error ? (
          <ErrorState error={preview.error} onRetry={() => void preview.refetch()} />
        ) : shown ? (
          <BulkPreviewBox preview={shown} />
        ) : (
          <SkeletonRows rows={3} />
        )}
        <TextAreaField
          label="Reason"
          rows={2}
          value={reason}
          help="Kept with every run and in the audit log."
          error={tried && reasonMissing ? 'Say why: others will read it.' : undefined}
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
          <TextField
            label="At most per minute"
            type="number"
            min={1}
            max={60_000}
            value={perMinute}
            error={paceWrong ? 'A whole number from 1 to 60,000.' : undefined}
            onChange={setPerMinute}
          />
          <TextField label="Not before" required={false} type="datetime-local" value={startAt} onChange={setStartAt} />
        </div>
        {problem && (
          <p className="callout callout--failed" role="alert">
            {problem.what} {problem.fix}
          </p>
        )}
      </div>
    </Dialog>
  );
}
