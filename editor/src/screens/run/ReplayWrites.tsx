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
        isEmpty={({ effects }) => effects.length === 0}
        empty={<p className="muted">Nothing: no step of it writes to another system.</p>}
      >
        {({ effects, more }) => (
          <>
            <WriteRows writes={effects} />
            {more > 0 && <p className="muted">and {more.toLocaleString()} more</p>}
          </>
        )}
      </ListState>
    </section>
  );
}
