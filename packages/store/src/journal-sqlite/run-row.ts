import type { RunSummary } from '@waybill/engine/ports';
import { finalRunStatuses } from '@waybill/engine/ports';

export type SqlValue = string | number | null;
export type RunRow = Record<string, SqlValue>;

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
  run.wakeAt,
  run.currentStep,
  run.currentNode,
  run.currentWaits,
  run.errorCode,
  run.errorWhat,
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
  run.seq,
  isOpen(run),
  run.note,
];

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
    wakeAt: row['wake_at'],
    currentStep: row['current_step'],
    currentNode: row['current_node'],
    currentWaits: row['current_waits'],
    errorCode: row['error_code'],
    errorWhat: row['error_what'],
    seq: row['seq'],
    note: row['note'],
    holdsKey: row['is_open'] === 1 && isOver(row['status'] as RunSummary['status']),
  }) as RunSummary;
