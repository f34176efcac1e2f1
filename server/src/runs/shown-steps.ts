import type { StepView } from '@waybill/api-contract';
import type { RunView } from './run-view.ts';

/** Of one run, in one answer: half a megabyte. A screen has room for fewer and asks for an iteration when it is looked at. */
const MOST_STEPS = 1_000;
/** Of one iteration and all that is inside it. */
const MOST_AROUND = 5_000;

/** Steps for one answer; of a very large run all that need attention or stand at the top level, then the first ones. */
export function stepsToShow(view: RunView): StepView[] {
  const all = [...view.steps.values()];
  if (all.length <= MOST_STEPS) return all;
  const settled = ({ status, sent }: StepView) => (status === 'succeeded' && !sent?.refused) || status === 'skipped';
  const first = all.filter((step) => step.iteration.length === 0 || !settled(step)).slice(0, MOST_STEPS);
  const chosen = new Set(first);
  for (const step of all) {
    if (chosen.size >= MOST_STEPS) break;
    chosen.add(step);
  }
  return all.filter((step) => chosen.has(step));
}

/** Steps of the iteration that a step is in, and of all that is inside it; the first of very many. */
export function stepsAround(view: RunView, step: string): StepView[] {
  const prefix = step.slice(0, step.lastIndexOf('/') + 1);
  return [...view.steps.values()].filter((one) => one.step.startsWith(prefix)).slice(0, MOST_AROUND);
}
