import type { UseQueryResult } from '@tanstack/react-query';
import type { ReplayPreview } from '@waybill/api-contract';
import { ListState, SkeletonRows } from '../../ui/States.tsx';
import { WriteRows } from './WriteRows.tsx';

/** What a replay will do to other systems, step by step. */
export function ReplayWrites({ preview }: { preview: UseQueryResult<ReplayPreview> }) {
  return (
    <section className="replay-writes" aria-label="What will be written">
      <h3>What will be written</h3>
      <ListState
        query={preview}
        loading={<SkeletonRows rows={3} />}
        isEmpty={({ effects, lost }) => effects.length === 0 && lost.length === 0}
        empty={<p className="muted">Nothing: no step of it writes to another system.</p>}
      >
        {({ effects, more, lost }) => (
          <>
            {lost.length > 0 && <LostWrites lost={lost} />}
            <WriteRows writes={effects} />
            {more > 0 && <p className="muted">and {more.toLocaleString()} more</p>}
          </>
        )}
      </ListState>
    </section>
  );
}

/** What the run wrote and the chosen version does not know, or writes twice. */
function LostWrites({ lost }: Pick<ReplayPreview, 'lost'>) {
  return (
    <div className="callout callout--failed">
      <div>
        <strong>The chosen version cannot take over all that this run wrote.</strong>
        {lost.map(({ step, what }) => (
          <p key={step}>{what}</p>
        ))}
      </div>
    </div>
  );
}
