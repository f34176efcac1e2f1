export type { CellEncoding } from './cell-text.ts';
export { cellText } from './cell-text.ts';
export type { ChunkCharset, ChunkPlan, ChunkResult, ChunkStand, RecordError } from './chunk.ts';
export { tooManyGroups } from './chunk-sink.ts';
export { compileExpression } from './compiled-expression.ts';
export { processChunk } from './process-chunk.ts';
export type { StageTools } from './stages.ts';
export type { Group, Groups } from './totals.ts';
export { measureValue, mergeGroups } from './totals.ts';
