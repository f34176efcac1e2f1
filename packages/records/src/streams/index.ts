export type { ErrorIndex } from './record-errors.ts';
export { errorPage } from './record-errors.ts';
export { checkpointLedger, recordStreams } from './record-streams.ts';
export type { ChunkHost, DraftFile, FilePlace, OpenFile, RecordFiles, StreamParts } from './stream-parts.ts';
