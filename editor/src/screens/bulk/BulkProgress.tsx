import type { BulkOperation } from '@waybill/api-contract';
import { doneOf } from './bulk-words.ts';

/** How far an operation is: a bar in the colours of its results, and the numbers. */
export function BulkProgress({ operation }: { operation: BulkOperation }) {
  const { total, succeeded, refused, skipped } = operation;
  const share = (count: number) => `${total === 0 ? 0 : (100 * count) / total}%`;
  const done = doneOf(operation);
  return (
    <div className="bulk-progress">
      <div
        className="bulk-progress__bar"
        role="progressbar"
        aria-label={`Progress of ${operation.name}`}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={done}
      >
        <span className="bulk-progress__done" style={{ width: share(succeeded) }} />
        <span className="bulk-progress__refused" style={{ width: share(refused) }} />
        <span className="bulk-progress__skipped" style={{ width: share(skipped) }} />
      </div>
      <span className="muted num nowrap">
        {done.toLocaleString()} of {total.toLocaleString()}
      </span>
    </div>
  );
}
