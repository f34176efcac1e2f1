import type { RetryPreview, RunSummaryView } from '@waybill/api-contract';
import { useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { isShown, useApiQuery } from '../../api/queries.ts';
import { Link, navigate } from '../../app/router.tsx';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { plainWords } from '../../ui/plain-words.ts';
import { RadioCards } from '../../ui/RadioCards.tsx';
import { ReasonField } from '../../ui/ReasonField.tsx';
import { ErrorState, ListState, SkeletonRows } from '../../ui/States.tsx';
import { useSending } from '../../ui/sending.ts';
import { toast } from '../../ui/toasts.ts';
import { ReplayWrites } from './ReplayWrites.tsx';
import { RetryWrites } from './RetryWrites.tsx';

interface RetryDialogProps {
  run: RunSummaryView;
  onClose: () => void;
  onDone: () => void;
}

const ways = [
  {
    value: 'same',
    label: 'Go on in this run',
    about: 'All that failed is taken up again, on the version the run began with. What is done stays done.',
  },
  {
    value: 'newest',
    label: 'Repeat it on the newest version',
    about: 'A new run begins from the start; what was written with the same data is not written again.',
  },
] as const;
type Way = (typeof ways)[number]['value'];

/** Has all that failed in a run taken up again, after showing what will be written. */
export function RetryDialog({ run, onClose, onDone }: RetryDialogProps) {
  const [way, setWay] = useState<Way>('same');
  const [reason, setReason] = useState('');
  const sending = useSending();
  const ofRun = { params: { runId: run.id } };
  const newest = { version: 'newest', effects: 'skip-confirmed' } as const;
  // What was shown a moment ago must not be what is agreed to now.
  const fresh = { staleTime: 0, gcTime: 0 };
  const retry = useApiQuery('previewRetry', ofRun, { ...fresh, enabled: way === 'same' });
  const replay = useApiQuery('previewReplay', { ...ofRun, body: newest }, { ...fresh, enabled: way === 'newest' });
  const preview = way === 'same' ? retry : replay;

  const perform = async () => {
    const why = { reason: reason.trim() };
    if (way === 'same') {
      await api('retryRun', { ...ofRun, body: why });
      toast('All that failed is taken up again.');
      onDone();
    } else {
      const started = await api('replayRun', { ...ofRun, body: { ...newest, ...why } });
      toast('The run is repeated as a new one.');
      navigate(`/runs/${encodeURIComponent(started.id)}`);
    }
    void queryClient.invalidateQueries({ queryKey: ['countRuns'] });
    onClose();
  };

  return (
    <FormDialog
      onClose={onClose}
      title="Retry the whole run?"
      about={run.businessKey ? `${run.flowName}, ${run.businessKey}` : run.flowName}
      width={640}
      sending={sending}
      sound={reason.trim() !== ''}
      perform={perform}
      act={way === 'same' ? 'Retry run' : 'Start the new run'}
      blocked={!isShown(preview)}
    >
      <RadioCards
        label="How"
        value={way}
        options={ways.filter(({ value }) => value === 'same' || run.mode === 'live')}
        onChange={setWay}
      />
      {way === 'newest' ? (
        <ReplayWrites preview={replay} />
      ) : retry.error ? (
        <ErrorState error={retry.error} onRetry={() => void retry.refetch()} />
      ) : (
        <>
          <ListState
            query={retry}
            loading={<SkeletonRows rows={2} />}
            isEmpty={({ steps }) => steps.length === 0}
            empty={<p className="muted">No failed step is left to take up.</p>}
          >
            {({ steps, stepCount }) => <TakenUp run={run} steps={steps} count={stepCount} />}
          </ListState>
          <RetryWrites runId={run.id} preview={retry} />
        </>
      )}
      <ReasonField value={reason} tried={sending.tried} onChange={setReason} />
    </FormDialog>
  );
}

const mostNamed = 8;

interface TakenUpProps {
  run: RunSummaryView;
  /** The first of them. */
  steps: RetryPreview['steps'];
  count: number;
}

function TakenUp({ run, steps, count }: TakenUpProps) {
  return (
    <section className="replay-writes replay-writes--plain" aria-label="What is taken up">
      <h3>{count === 1 ? 'The step that is taken up' : `The ${count.toLocaleString()} steps that are taken up`}</h3>
      <ul>
        {steps.slice(0, mostNamed).map(({ runId, step, title, error }) => (
          <li key={`${runId} ${step}`}>
            <span>
              <strong>{title}</strong>
              {runId !== run.id && (
                <span className="muted">
                  {' in '}
                  <Link href={`/runs/${encodeURIComponent(runId)}?step=${encodeURIComponent(step)}`}>
                    a run it called
                  </Link>
                </span>
              )}
              {error && <span className="muted replay-writes__why">{plainWords(error.what)}</span>}
            </span>
          </li>
        ))}
      </ul>
      {count > mostNamed && <p className="muted">and {(count - mostNamed).toLocaleString()} more</p>}
    </section>
  );
}
