import type { SqlValue } from './run-row.ts';
import type { StorageFailure } from './storage-failure.ts';

/** What the writer thread is told, as flat arrays of strings and numbers: cheap to pass, parsed nowhere. */
export type WriteOp =
  | {
      op: 'accept';
      runId: string;
      records: string;
      summary: SqlValue[];
      waits: string | null;
      effects: SqlValue[] | null;
    }
  | {
      op: 'append';
      runId: string;
      expectedSeq: number;
      seq: number;
      records: string;
      changes: SqlValue[];
      waits: string | null;
      effects: SqlValue[] | null;
    }
  | { op: 'snapshot'; runId: string; seq: number; state: string };

/** Changes of the index of event waits; `waits` above is this as JSON, `effects` are values of `EFFECT_COLUMNS` one entry after the other. */
export interface WaitChanges {
  opened: { step: string; event: string; key: string }[];
  ended: string[];
  allEnded: boolean;
}

/** `ok`, `conflict`, or for an accept that met an older run: its id. */
export type WriteResult = 'ok' | 'conflict' | { duplicateOf: string };

export type WriterAnswer =
  | { kind: 'opened' }
  | { kind: 'committed'; results: WriteResult[] }
  | { kind: 'failed'; failure: StorageFailure }
  | { kind: 'closed' };

export interface WriterOptions {
  file: string;
  synchronous: 'FULL' | 'NORMAL';
  maxSizeBytes: number | null;
}
