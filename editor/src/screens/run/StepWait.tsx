import type { StepView } from '@waybill/api-contract';
import { Hourglass } from 'lucide-react';
import { useMay } from '../../api/session.ts';
import { Link } from '../../app/router.tsx';
import { Countdown } from '../clock.tsx';

/** Why a step stands still, until when, and where to go about it. */
export function StepWait({
  waiting,
  status,
}: {
  waiting: NonNullable<StepView['waiting']>;
  status: StepView['status'];
}) {
  const may = useMay();
  return (
    <div className={status === 'in-doubt' ? 'callout callout--doubt' : 'callout callout--waiting'}>
      <Hourglass size={16} aria-hidden />
      <div>
        <strong>{waiting.words}</strong>
        {waiting.until !== null && (
          <p>
            {status === 'retrying' ? 'Next try in ' : 'Until '}
            {status === 'retrying' ? (
              <Countdown until={waiting.until} over="a moment" />
            ) : (
              <>
                {new Date(waiting.until).toLocaleString()} (<Countdown until={waiting.until} over="over" />)
              </>
            )}
          </p>
        )}
        {waiting.taskId !== null && may('tasks.read') && (
          <p>
            <Link href={`/inbox/${encodeURIComponent(waiting.taskId)}`}>Open the task</Link>
          </p>
        )}
        {waiting.childRunId !== null && (
          <p>
            <Link href={`/runs/${encodeURIComponent(waiting.childRunId)}`}>Open the run it waits for</Link>
          </p>
        )}
      </div>
    </div>
  );
}
