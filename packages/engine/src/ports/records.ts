import type { EpochMs, ErrorRecord, FlowError, JsonValue, RunId } from '@waybill/flow-model';
import type { RecordLimits, RecordSink, RecordStream } from '@waybill/node-sdk';
import type { StepKey, StoredValue } from '../journal-record.ts';

/** How far a stream has come; counts from its beginning, resumed or not. */
export interface RecordsProgress {
  rowsIn: number;
  rowsOut: number;
  errors: number;
  /** Bytes of the source that were used; null where it has no size. */
  bytesDone: number | null;
  bytesTotal: number | null;
}

/** A step that carries the records of a stream to a sink. */
export interface RecordsJob {
  runId: RunId;
  step: StepKey;
  nodeType: string;
  stream: RecordStream;
  sink: RecordSink;
  limits: RecordLimits;
  connections: Record<string, string>;
  /** Connections of another step of the same flow, by slot: those that open the source. */
  connectionsOf(step: StepKey): Record<string, string> | null;
  /**
   * For a run that repeats others: batches that this step wrote in them, or may have written. They go to the steps inside
   * as they were, where nothing is sent twice, and none of their records goes into another batch.
   */
  written: StoredValue[];
  effectKey: string;
  correlationId: string;
  attempt: number;
  now: EpochMs;
  /** For one chunk, not for all of them. */
  timeoutMs: number;
  memoryMb: number;
}

export type RecordsChunk =
  | {
      ok: true;
      progress: RecordsProgress;
      isLast: boolean;
      /** A checkpoint now costs little compared to what would have to be done again. */
      isWorthKeeping: boolean;
      /** So many records could not be used that the step ends with this; a checkpoint before that keeps which they were. */
      tooMany: FlowError | null;
    }
  | { ok: false; error: ErrorRecord; crashed: boolean };

export type RecordsEnd =
  | { is: 'value'; value: JsonValue }
  /** For a container: one iteration per part. */
  | { is: 'parts'; parts: StoredValue[]; concurrency: number; onItemError: 'stop' | 'continue' };

/** One way through a stream, from its beginning or from a checkpoint. Calls come one at a time. */
export interface RecordsPass {
  /** Reads the next chunk and hands it to the sink. @throws {FlowError} */
  next(): Promise<RecordsChunk>;
  /** All that going on from here takes, as JSON. What the sink was handed is on disk when it resolves. */
  checkpoint(): Promise<JsonValue>;
  /** Makes the result final, after the last checkpoint is durable. Repeating it changes nothing. */
  finish(): Promise<RecordsEnd>;
  /** Gives up what was written so far. */
  discard(): Promise<void>;
  close(): Promise<void>;
}

/** Carries records a chunk at a time, in bounded memory. */
export interface RecordStreams {
  /** @param from what `checkpoint` gave, null to begin. @throws {FlowError} */
  open(job: RecordsJob, from: JsonValue | null, signal: AbortSignal): Promise<RecordsPass>;
}
