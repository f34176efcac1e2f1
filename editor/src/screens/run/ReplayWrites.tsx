import type { UseQueryResult } from '@tanstack/react-query';
import type { ReplayPreview, RetryPreview } from '@waybill/api-contract';
import type { Tone } from '../../ui/Badge.tsx';
import { Badge } from '../../ui/Badge.tsx';
import { ListState, SkeletonRows } from '../../ui/States.tsx';

type Verdict = RetryPreview['effects'][number]['verdict'];

interface Writes {
  effects: (Omit<RetryPreview['effects'][number], 'runId'> & { runId?: string })[];
  more: number;
}

const looks: Record<Verdict, { label: string; tone: Tone }> = {
  'written-again': { label: 'Written again', tone: 'failed' },
  'looked-for': { label: 'Looked for first', tone: 'waiting' },
  'in-doubt': { label: 'In doubt', tone: 'doubt' },
  new: { label: 'First time', tone: 'running' },
  skipped: { label: 'Left alone', tone: 'done' },
};

/** What a retry or a replay will do to other systems, step by step. */
export function ReplayWrites({ preview }: { preview: UseQueryResult<ReplayPreview> | UseQueryResult<RetryPreview> }) {
  return (
    <section className="replay-writes" aria-label="What will be written">
      <h3>What will be written</h3>
      <ListState
        query={preview as UseQueryResult<Writes>}
        loading={<SkeletonRows rows={3} />}
        isEmpty={({ effects }) => effects.length === 0}
        empty={<p className="muted">Nothing: no step of it writes to another system.</p>}
      >
        {({ effects, more }) => (
          <>
            <ul>
              {effects.map(({ runId = '', step, title, connection, verdict, why }) => (
                <li key={`${runId} ${step}`}>
                  <Badge tone={looks[verdict].tone}>{looks[verdict].label}</Badge>
                  <span>
                    <strong>{title}</strong>
                    {connection && <span className="muted"> in {connection.name ?? connection.binding}</span>}
                    <span className="muted replay-writes__why">{why}</span>
                  </span>
                </li>
              ))}
            </ul>
            {more > 0 && <p className="muted">and {more.toLocaleString()} more</p>}
          </>
        )}
      </ListState>
    </section>
  );
}
