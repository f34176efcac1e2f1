import type { JournalRecord } from '@waybill/engine';
import type { NewRun, RunSummary } from '@waybill/engine/ports';
import { effectValues } from './effect-row.ts';
import type { SqlValue } from './run-row.ts';
import { alsoAtText, changingValues, summaryValues } from './run-row.ts';
import type { StorageFailure } from './storage-failure.ts';

/**
 * One operation for the writer thread, as plain values one after the other, which cost a third of an object to pass:
 *
 * - `accept`, records, waits, other places, the values of `SUMMARY_COLUMNS`, effects
 * - `append`, run id, expected number, records, waits, other places, the values of `CHANGING_COLUMNS`, effects
 * - `snapshot`, run id, number, state
 *
 * Records, state, waits and other places are JSON; effects are their number and the values of `EFFECT_COLUMNS` of each.
 */
export type WriteOp = SqlValue[];

/** Operations one after the other. `close` comes last. */
export type WriterMessage = SqlValue[] | 'close';

/** Changes of the index of event waits. */
export interface WaitChanges {
  opened: { step: string; event: string; key: string }[];
  ended: string[];
  allEnded: boolean;
}

export const acceptOp = ({ summary, records, effects = [] }: NewRun, waits: string | null): WriteOp => [
  'accept',
  JSON.stringify(records),
  waits,
  alsoAtText(summary),
  ...summaryValues(summary),
  effects.length,
  ...effectValues(effects),
];

/** @param summary as it is after the records. */
export const appendOp = (
  expectedSeq: number,
  { summary, records, effects = [] }: { summary: RunSummary; records: JournalRecord[]; effects?: NewRun['effects'] },
  waits: string | null,
): WriteOp => [
  'append',
  summary.runId,
  expectedSeq,
  JSON.stringify(records),
  waits,
  alsoAtText(summary),
  ...changingValues(summary),
  effects.length,
  ...effectValues(effects),
];

export const snapshotOp = (runId: string, seq: number, state: unknown): WriteOp => [
  'snapshot',
  runId,
  seq,
  JSON.stringify(state),
];

/** `ok`, `conflict`, or for an accept that met an older run: its id. */
export type WriteResult = 'ok' | 'conflict' | { duplicateOf: string };

export type WriterAnswer =
  | { kind: 'opened' }
  /** All operations of so many messages, the oldest, are `ok` but these, by their place among all of them. */
  | { kind: 'committed'; messages: number; others: Map<number, WriteResult> | null }
  /** Nothing of so many messages is written. */
  | { kind: 'failed'; messages: number; failure: StorageFailure }
  | { kind: 'closed' };

export interface WriterOptions {
  file: string;
  synchronous: 'FULL' | 'NORMAL';
  maxSizeBytes: number | null;
}
