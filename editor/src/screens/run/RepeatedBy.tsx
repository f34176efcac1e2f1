import type { RunSummaryView } from '@waybill/api-contract';
import { Repeat } from 'lucide-react';
import { Link } from '../../app/router.tsx';
import { StatusBadge } from '../../ui/Badge.tsx';
import { RelativeTime } from '../../ui/Time.tsx';
import { standsAt } from '../runs/run-words.ts';

/** For a run that a newer one repeats: which, and how that stands. */
export function RepeatedBy({ repeat }: { repeat: RunSummaryView }) {
  return (
    <section className="run-repeat" aria-label="Repeated by a newer run">
      <p>
        <Repeat size={14} aria-hidden /> Repeated by{' '}
        <Link href={`/runs/${encodeURIComponent(repeat.id)}`}>a newer run</Link>, started{' '}
        <RelativeTime at={repeat.acceptedAt} />: <StatusBadge status={repeat.status} />{' '}
        <span className="muted">{standsAt(repeat)}</span>
      </p>
    </section>
  );
}
