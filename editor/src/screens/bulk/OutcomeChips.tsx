import type { BulkOutcome, BulkOutcomeCounts } from '@waybill/api-contract';
import { classNames } from '../../ui/class-names.ts';
import { outcomeLooks, outcomesShown } from './bulk-words.ts';

interface OutcomeChipsProps {
  counts: BulkOutcomeCounts;
  chosen: BulkOutcome | null;
  onChoose: (outcome: BulkOutcome | null) => void;
}

/** What became by now of the runs that were set going: counted, and the way to each of them. */
export function OutcomeChips({ counts, chosen, onChoose }: OutcomeChipsProps) {
  const { byOutcome, counted, isMore } = counts;
  return (
    <fieldset className="chips" aria-label="What became of them">
      <span className="muted">Of those acted on</span>
      {outcomesShown(byOutcome, chosen).map((outcome) => (
        <button
          key={outcome}
          type="button"
          aria-pressed={chosen === outcome}
          className={classNames('chip', `chip--${outcomeLooks[outcome].tone}`)}
          onClick={() => onChoose(chosen === outcome ? null : outcome)}
        >
          <span className="chip__dot" aria-hidden />
          {outcomeLooks[outcome].label} <span className="num">{(byOutcome[outcome] ?? 0).toLocaleString()}</span>
        </button>
      ))}
      {isMore && <span className="muted">of the first {counted.toLocaleString()}</span>}
    </fieldset>
  );
}
