import { ChevronLeft, ChevronRight } from 'lucide-react';
import { IconButton } from '../../ui/Button.tsx';
import type { StepRow } from './step-rows.ts';

interface IterationPickerProps {
  iteration: NonNullable<StepRow['iteration']>;
  onPick: (iteration: number) => void;
}

/** Chooses which iteration of a container is shown. */
export function IterationPicker({ iteration, onPick }: IterationPickerProps) {
  const { shown, total, failed } = iteration;
  const go = (index: number) => onPick(Math.min(total - 1, Math.max(0, index)));
  const nextFailed = failed.find((index) => index > shown) ?? failed[0];
  return (
    <span className="iterations">
      <IconButton
        label="Iteration before"
        icon={ChevronLeft}
        small
        disabled={shown <= 0}
        onClick={() => go(shown - 1)}
      />
      <input
        className="input"
        type="number"
        aria-label="Iteration"
        min={1}
        max={total}
        value={shown + 1}
        onChange={(event) => event.target.value && go(Number(event.target.value) - 1)}
      />
      <span className="muted nowrap">of {total.toLocaleString()}</span>
      <IconButton
        label="Iteration after"
        icon={ChevronRight}
        small
        disabled={shown >= total - 1}
        onClick={() => go(shown + 1)}
      />
      {nextFailed !== undefined && (
        <button type="button" className="iterations__failed" onClick={() => go(nextFailed)}>
          {failed.length} failed
        </button>
      )}
    </span>
  );
}
