import type { BulkOperation, BulkOutcomeCounts } from '@waybill/api-contract';
import { doneOf, outcomeLooks, outcomesShown } from './bulk-words.ts';

interface BulkProgressProps {
  operation: BulkOperation;
  /** What became of those that were acted on: nothing is green that failed again. */
  outcomes?: BulkOutcomeCounts | undefined;
}

/** How far an operation is: a bar in the colours of its results, and the numbers. */
export function BulkProgress({ operation, outcomes }: BulkProgressProps) {
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
        {outcomes && outcomes.counted > 0 ? (
          outcomesShown(outcomes.byOutcome, null).map((outcome) => (
            <span
              key={outcome}
              className={`bulk-progress__${outcomeLooks[outcome].tone}`}
              style={{ width: share((succeeded * (outcomes.byOutcome[outcome] ?? 0)) / outcomes.counted) }}
            />
          ))
        ) : (
          <span className="bulk-progress__done" style={{ width: share(succeeded) }} />
        )}
        <span className="bulk-progress__failed" style={{ width: share(refused) }} />
        <span className="bulk-progress__skipped" style={{ width: share(skipped) }} />
      </div>
      <span className="muted num nowrap">
        {done.toLocaleString()} of {total.toLocaleString()}
      </span>
    </div>
  );
}
