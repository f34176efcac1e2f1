import type { RetryPreview, RunSummaryView } from '@waybill/api-contract';
import { useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { wordsOf } from '../../api/problem-words.ts';
import { useApiQuery } from '../../api/queries.ts';
import { Link, navigate } from '../../app/router.tsx';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { TextAreaField } from '../../ui/Field.tsx';
import { plainWords } from '../../ui/plain-words.ts';
import { ListState, SkeletonRows } from '../../ui/States.tsx';
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
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const ofRun = { params: { runId: run.id } };
  const newest = { version: 'newest', effects: 'skip-confirmed' } as const;
  // What was shown a moment ago must not be what is agreed to now.
  const fresh = { staleTime: 0, gcTime: 0 };
  const retry = useApiQuery('previewRetry', ofRun, { ...fresh, enabled: way === 'same' });
  const replay = useApiQuery('previewReplay', { ...ofRun, body: newest }, { ...fresh, enabled: way === 'newest' });
  const preview = way === 'same' ? retry : replay;
  const missing = reason.trim() === '';

  const perform = async () => {
    setTried(true);
    if (missing || busy || !preview.data) return;
    setBusy(true);
    setProblem(null);
    try {
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
    } catch (error) {
      const { what, fix } = wordsOf(error);
      setProblem(`${what} ${fix}`);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title="Retry the whole run?"
      about={run.businessKey ? `${run.flowName}, ${run.businessKey}` : run.flowName}
      width={640}
      onSubmit={() => void perform()}
      foot={
        <>
          <Button onClick={onClose}>Back</Button>
          <Button type="submit" look="primary" disabled={busy || !preview.data}>
            {way === 'same' ? 'Retry run' : 'Start the new run'}
          </Button>
        </>
      }
    >
      <div className="stack">
        <fieldset className="doubts" aria-label="How">
          {ways
            .filter(({ value }) => value === 'same' || run.mode === 'live')
            .map((option) => (
              <label key={option.value} className="doubts__one">
                <input type="radio" name="way" checked={way === option.value} onChange={() => setWay(option.value)} />
                <span>
                  <strong>{option.label}</strong>
                  <span className="muted">{option.about}</span>
                </span>
              </label>
            ))}
        </fieldset>
        {way === 'same' && (
          <ListState
            query={retry}
            loading={<SkeletonRows rows={2} />}
            isEmpty={({ steps }) => steps.length === 0}
            empty={<p className="muted">No failed step is left to take up.</p>}
          >
            {({ steps, stepCount }) => <TakenUp run={run} steps={steps} count={stepCount} />}
          </ListState>
        )}
        {way === 'same' ? <RetryWrites runId={run.id} preview={retry} /> : <ReplayWrites preview={replay} />}
        <TextAreaField
          label="Reason"
          rows={2}
          value={reason}
          help="Kept with the run and in the audit log."
          error={tried && missing ? 'Say why: others will read it.' : undefined}
          onChange={setReason}
        />
        {problem && (
          <p className="callout callout--failed" role="alert">
            {problem}
          </p>
        )}
      </div>
    </Dialog>
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
