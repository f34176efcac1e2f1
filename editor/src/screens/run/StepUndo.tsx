import type { StepView } from '@waybill/api-contract';
import { Undo2 } from 'lucide-react';
import { useMay } from '../../api/session.ts';
import { Link } from '../../app/router.tsx';
import { RelativeTime } from '../../ui/Time.tsx';
import { Countdown } from '../clock.tsx';
import { ErrorWords } from './ErrorWords.tsx';

type Undo = NonNullable<StepView['undo']>;

const words: Record<Undo['state'], string> = {
  planned: 'Is to be taken back',
  undoing: 'Is being taken back',
  parked: 'Is taken back once its system may be called',
  retrying: 'Could not be taken back yet',
  asking: 'Could not be taken back; a person is asked',
  undone: 'Taken back',
  left: 'Was to be taken back, and stays',
};

/** How taking a step's effect back stands. */
export function StepUndo({ undo }: { undo: Undo }) {
  const mayTasks = useMay()('tasks.read');
  const tone =
    undo.state === 'asking' ? 'failed' : undo.state === 'undone' || undo.state === 'left' ? 'done' : 'waiting';
  return (
    <>
      <div className={`callout callout--${tone}`}>
        <Undo2 size={16} aria-hidden />
        <div>
          <strong>{words[undo.state]}</strong>
          <p className="muted">
            {undo.by === 'engine'
              ? undo.ofRun
                ? 'Because the run failed'
                : 'Because its group failed'
              : `Asked for by ${undo.by}`}
            , <RelativeTime at={undo.endedAt ?? undo.plannedAt} />
            {undo.attempts > 1 && `, ${undo.attempts} tries`}
          </p>
          {undo.parked && (
            <p>
              {undo.parked.words}. Looks again in <Countdown until={undo.parked.until} over="a moment" /> at the latest.
            </p>
          )}
          {undo.retryAt !== null && (
            <p>
              Next try in <Countdown until={undo.retryAt} over="a moment" />
            </p>
          )}
          {undo.taskId !== null && mayTasks && (
            <p>
              <Link href={`/inbox/${encodeURIComponent(undo.taskId)}`}>Open the task</Link>
            </p>
          )}
        </div>
      </div>
      {undo.error && undo.state !== 'undone' && <ErrorWords error={undo.error} />}
    </>
  );
}
