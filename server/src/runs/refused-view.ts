/** Records that systems refused, counted on the step that sent them and on the one that cut them into batches. */
import type { InboxMessage } from '@waybill/engine';
import type { EpochMs } from '@waybill/flow-model';
import type { RunView } from './run-view.ts';
import { stepAddress } from './step-key.ts';

/** Acts that a step names. */
const MOST_TOLD = 20;

/** A step was told what became of its records; applied in place. @returns steps that changed. */
export function noteRefused(view: RunView, step: string, told: number, seq: number): string[] {
  const retaken = view.retaken.get(step.slice(0, step.lastIndexOf('/') + 1)) ?? 0;
  return setRefused(view, step, Math.max(0, told - retaken), seq);
}

function setRefused(view: RunView, step: string, refused: number, seq: number): string[] {
  const before = view.refused.get(step) ?? 0;
  if (refused > 0) view.refused.set(step, refused);
  else view.refused.delete(step);
  return addToStream(view, step, refused - before, seq);
}

/** A step is entered anew: what was said of its batches is no longer so. */
export function forgetRefused(view: RunView, container: string, retaken: Record<number, number[]>): void {
  for (const step of view.refused.keys()) if (step.startsWith(`${container}[`)) view.refused.delete(step);
  for (const prefix of view.retaken.keys()) if (prefix.startsWith(`${container}[`)) view.retaken.delete(prefix);
  for (const [batch, places] of Object.entries(retaken)) view.retaken.set(`${container}[${batch}]/`, places.length);
}

/** Records go into further batches: they are not refused any more, nobody knows yet what becomes of them. */
export function foldRetriedRecords(
  view: RunView,
  { step, batches, by, reason }: Extract<InboxMessage, { kind: 'retry-records' }>,
  { seq, at }: { seq: number; at: EpochMs },
): string[] {
  const container = view.steps.get(step);
  if (!container) return [];
  const { iterations } = container;
  view.alone.set(step, view.alone.get(step) ?? iterations?.total ?? 0);
  const taken = batches.flatMap(({ from }) => from);
  const records = taken.reduce((sum, { at: places }) => sum + places.length, 0);
  const act = { at, by, reason, records, edited: batches.some(({ edited }) => edited === true) };
  view.steps.set(step, {
    ...container,
    ...{ status: 'running', endedAt: null, port: null, error: null, seq },
    resent: [...(container.resent ?? []), act].slice(-MOST_TOLD),
    iterations: iterations && {
      total: iterations.total + batches.length,
      finished: iterations.total - iterations.failed,
      failed: iterations.failed,
    },
  });
  const changed = taken.flatMap(({ batch, at: places }) => takeFrom(view, `${step}[${batch}]/`, places.length, seq));
  return [...new Set([step, ...changed])];
}

function takeFrom(view: RunView, prefix: string, count: number, seq: number): string[] {
  return [...view.refused].flatMap(([step, refused]) =>
    step.startsWith(prefix) ? setRefused(view, step, Math.max(0, refused - count), seq) : [],
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
