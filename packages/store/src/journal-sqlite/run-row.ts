import type { RunSummary } from '@waybill/engine/ports';
import { finalRunStatuses } from '@waybill/engine/ports';
import { waitingStatuses } from './schema.ts';

export type SqlValue = string | number | null;
export type RunRow = Record<string, SqlValue>;

/** Where runs stand that are counted together, as one text. */
export type Stand = [
  status: RunSummary['status'],
  node: RunSummary['currentNode'],
  title: RunSummary['currentStep'],
  note: RunSummary['note'],
  waits: number,
];

/** `stands_at` and `stands_since`. */
function standing(run: RunSummary): [string | null, number | null] {
  const { status, currentNode, currentStep, note, currentWaits, updatedAt } = run;
  if (!waitingStatuses.includes(status)) return [null, null];
  return [JSON.stringify([status, currentNode, currentStep, note, currentWaits] satisfies Stand), updatedAt];
}

/** A summary as the values of `SUMMARY_COLUMNS`. */
export const summaryValues = (run: RunSummary): SqlValue[] => [
  run.runId,
  run.flowId,
  run.versionId,
  run.status,
  run.mode,
  run.startedBy,
  run.acceptedAt,
  run.updatedAt,
  run.finishedAt,
  run.correlationId,
  run.businessKey,
  run.orderingKey,
  run.dedupeKey,
  run.parentRunId,
  run.replayRoot,
  run.wakeAt,
  run.currentStep,
  run.currentNode,
  run.currentWaits,
  ...standing(run),
  run.errorCode,
  run.errorWhat,
  run.errorClass,
  run.seq,
  isOpen(run),
  run.note,
];

const isOver = (status: RunSummary['status']): boolean => finalRunStatuses.includes(status);
/** A run that is over is looked for again at the next start only where it keeps others waiting. */
const isOpen = (run: RunSummary): number => (isOver(run.status) && !run.holdsKey ? 0 : 1);

/** A summary as the values of `CHANGING_COLUMNS`. */
export const changingValues = (run: RunSummary): SqlValue[] => [
  run.status,
  run.updatedAt,
  run.finishedAt,
  run.wakeAt,
  run.currentStep,
  run.currentNode,
  run.currentWaits,
  run.errorCode,
  run.errorWhat,
  run.errorClass,
  run.seq,
  isOpen(run),
  run.note,
  ...standing(run),
];

/** Other nodes it stands at, as JSON; null, as nearly always, for none. */
export const alsoAtText = ({ alsoAt }: RunSummary): string | null =>
  alsoAt.length === 0 ? null : JSON.stringify(alsoAt);

/** The summary in a row that `summaryValues` wrote; the table is its schema. */
export const summaryOfRow = (row: RunRow): RunSummary =>
  ({
    runId: row['run_id'],
    flowId: row['flow_id'],
    versionId: row['version_id'],
    status: row['status'],
    mode: row['mode'],
    startedBy: row['started_by'],
    acceptedAt: row['accepted_at'],
    updatedAt: row['updated_at'],
    finishedAt: row['finished_at'],
    correlationId: row['correlation_id'],
    businessKey: row['business_key'],
    orderingKey: row['ordering_key'],
    dedupeKey: row['dedupe_key'],
    parentRunId: row['parent_run_id'],
    replayRoot: row['replay_root'],
    wakeAt: row['wake_at'],
    currentStep: row['current_step'],
    currentNode: row['current_node'],
    currentWaits: row['current_waits'],
    alsoAt: row['also_at'] ? JSON.parse(String(row['also_at'])) : [],
    errorCode: row['error_code'],
    errorWhat: row['error_what'],
    errorClass: row['error_class'],
    seq: row['seq'],
    note: row['note'],
    holdsKey: row['is_open'] === 1 && isOver(row['status'] as RunSummary['status']),
  }) as RunSummary;
