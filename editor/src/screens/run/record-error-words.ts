import type { StepView } from '@waybill/api-contract';

type Records = NonNullable<StepView['records']>;

const counted = (count: number, one: string, many: string): string =>
  `${count.toLocaleString()} ${count === 1 ? one : many}`;

/** How many records of a step went wrong, and in which way. Pure. */
export function recordErrorWords({ errors, refused }: Pick<Records, 'errors' | 'refused'>): string {
  const all = counted(errors + refused, 'record error', 'record errors');
  if (errors > 0 && refused > 0)
    return `${all}: ${errors.toLocaleString()} not usable, ${refused.toLocaleString()} refused by the system`;
  if (refused > 0) return `${all}, refused by the system`;
  return errors > 0 ? all : 'no record errors';
}

/** Record errors of a whole run, each counted once: at the step that read its record, or at the one that sent it. */
export function recordErrorsOf(steps: Iterable<StepView>): number {
  let count = 0;
  const streams = new Set<string>();
  const sent: StepView[] = [];
  for (const step of steps) {
    if (step.records) {
      streams.add(step.step);
      count += step.records.errors + step.records.refused;
    } else if (step.sent && step.sent.refused > 0) sent.push(step);
  }
  const isInStream = (step: string) => [...streams].some((stream) => step.startsWith(`${stream}[`));
  for (const { step, sent: answered } of sent) if (!isInStream(step)) count += answered?.refused ?? 0;
  return count;
}
