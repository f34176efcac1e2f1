/** Records that systems refused, counted on the step that sent them and on the one that cut them into batches. */
import type { InboxMessage } from '@waybill/engine';
import type { RunView } from './run-view.ts';
import { stepAddress } from './step-key.ts';

/** A step was told what became of its records; applied in place. @returns steps that changed. */
export function noteRefused(view: RunView, step: string, refused: number, seq: number): string[] {
  const before = view.refused.get(step) ?? 0;
  if (refused > 0) view.refused.set(step, refused);
  else view.refused.delete(step);
  return addToStream(view, step, refused - before, seq);
}

/** A step is entered anew: what was said of its batches is no longer so. */
export function forgetRefused(view: RunView, container: string): void {
  for (const step of view.refused.keys()) if (step.startsWith(`${container}[`)) view.refused.delete(step);
}

/** Records go into further batches: they are not refused any more, nobody knows yet what becomes of them. */
export function foldRetriedRecords(
  view: RunView,
  { step, batches }: Extract<InboxMessage, { kind: 'retry-records' }>,
  seq: number,
): string[] {
  const container = view.steps.get(step);
  if (!container) return [];
  const { iterations } = container;
  view.steps.set(step, {
    ...container,
    ...{ status: 'running', endedAt: null, port: null, error: null, seq },
    iterations: iterations && {
      total: iterations.total + batches.length,
      finished: iterations.total - iterations.failed,
      failed: iterations.failed,
    },
  });
  const taken = batches.flatMap(({ from }) => from);
  return [
    ...new Set([step, ...taken.flatMap(({ batch, at }) => takeFrom(view, `${step}[${batch}]/`, at.length, seq))]),
  ];
}

function takeFrom(view: RunView, prefix: string, count: number, seq: number): string[] {
  return [...view.refused].flatMap(([step, refused]) =>
    step.startsWith(prefix) ? noteRefused(view, step, Math.max(0, refused - count), seq) : [],
  );
}

function addToStream(view: RunView, step: string, more: number, seq: number): string[] {
  if (more === 0) return [];
  for (let at = stepAddress(step).parent; at !== null; at = stepAddress(at).parent) {
    const around = view.steps.get(at);
    if (!around?.records) continue;
    const records = { ...around.records, refused: around.records.refused + more };
    view.steps.set(at, { ...around, records, seq });
    return [at];
  }
  return [];
}
