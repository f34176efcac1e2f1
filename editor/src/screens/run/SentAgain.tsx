import type { StepView } from '@waybill/api-contract';
import { RelativeTime } from '../../ui/Time.tsx';

/** Who had refused records of a step sent again, when and why. */
export function SentAgain({ resent }: { resent: NonNullable<StepView['resent']> }) {
  if (resent.length === 0) return null;
  return (
    <ul className="muted" aria-label="Sent again">
      {resent.map(({ at, by, reason, records, edited }) => (
        <li key={at}>
          {by} sent {records.toLocaleString()} {records === 1 ? 'record' : 'records'} again
          {edited && ', corrected'}, <RelativeTime at={at} />: {reason}
        </li>
      ))}
    </ul>
  );
}
