export type { Batch } from './batch-sink.ts';
export { putBatch } from './batch-sink.ts';
export type { ErrorIndex } from './record-errors.ts';
export type { BatchSource, OutcomePlace, OutcomeSource, RecordOutcome } from './record-outcomes.ts';
export { outcomePlaceSchema, outcomesFrom } from './record-outcomes.ts';
export { checkpointLedger, recordStreams } from './record-streams.ts';
export type { ChunkHost, DraftFile, FilePlace, OpenFile, RecordFiles, StreamParts } from './stream-parts.ts';
