/** The engine's port for record streams: one pass from a source through the chunk host to a sink. */
import { createHash } from 'node:crypto';
import type { RecordStreams, RecordsChunk, RecordsJob, RecordsPass } from '@waybill/engine/ports';
import type { JsonObject, JsonValue } from '@waybill/flow-model';
import { flowError } from '@waybill/flow-model';
import type { RecordSource } from '@waybill/node-sdk';
import { z } from 'zod';
import type { ChunkPlan, RecordError } from '../chunk.ts';
import { batchSink, batchStateSchema, sizesOf } from './batch-sink.ts';
import type { Chunk, ChunkSource } from './chunk-source.ts';
import { fileSource, textFile } from './file-source.ts';
import type { HostSink } from './host-sink.ts';
import { fileSink, fileSinkOffset, fileStateSchema, listSink, totalsSink } from './host-sink.ts';
import { listSource, pageSource } from './item-source.ts';
import { errorIndexSchema, errorLedger } from './record-errors.ts';
import type { Asker, ChunkAnswer, FilePlace, StreamParts } from './stream-parts.ts';

/**
 * Small enough for the text of a chunk to go with the young garbage, in every process it passes: an isolate sees little more than
 * one young collection per chunk, and what outlives two of them waits for a full one.
 */
const CHUNK_BYTES = 65_536;
/** A checkpoint is worth keeping once this many times its own size was read, and so many chunks or so long after the last. */
const KEEP_FACTOR = 4;
const KEEP_CHUNKS = 32;
const KEEP_EVERY_MS = 250;

const stateSchema = z.object({
  source: z.unknown(),
  sink: z.unknown(),
  errors: errorIndexSchema,
  rowsIn: z.number(),
  rowsOut: z.number(),
  writtenColumns: z.array(z.string()).nullable(),
  isLast: z.boolean(),
});

const fileStandSchema = z.object({ columns: z.array(z.string()), delimiter: z.string() });

/** What a checkpoint knows of records: those that could not be used, those that went on, and the file they came from. */
export function checkpointLedger(state: JsonValue) {
  const { errors, source, sink } = stateSchema.parse(state);
  const file = fileStandSchema.safeParse(source);
  const written = fileStateSchema.safeParse(sink);
  const batches = batchStateSchema.safeParse(sink);
  return {
    errors,
    file: file.success ? file.data : null,
    /** Records that went into a file. */
    taken: written.success ? written.data.taken : null,
    /** Batches made so far and how many records each has, the one that is being filled last. */
    batches: batches.success ? { parts: batches.data.parts, sizes: sizesOf(batches.data) } : null,
  };
}

export function recordStreams(parts: StreamParts): RecordStreams {
  return { open: (job, from, signal) => openPass(parts, job, from, signal) };
}

/** A chunk that somebody works on. */
interface WorkUnderWay {
  chunk: Chunk;
  answer: Promise<ChunkAnswer>;
}

const shifted = (error: RecordError, rows: number, lines: number): RecordError => ({
  ...error,
  row: error.row + rows,
  line: error.line === null ? null : error.line + lines,
});

/** Whether the number of a record may matter to what becomes of it. */
const looksAtRow = ({ stages, sink }: ChunkPlan): boolean =>
  stages.some((stage) => stage.do === 'code') || /\brow\b/.test(JSON.stringify([stages, sink]));

async function openPass(
  parts: StreamParts,
  job: RecordsJob,
  from: JsonValue | null,
  signal: AbortSignal,
): Promise<RecordsPass> {
  const state = from === null ? null : stateSchema.parse(from);
  const asker = askerOf(job);
  const source = await openSource(parts, job, asker, (state?.source ?? null) as JsonValue, signal);
  let sink: HostSink;
  try {
    sink = await openSink(parts, job, (state?.sink ?? null) as JsonValue);
  } catch (error) {
    await source.close();
    throw error;
  }
  const errors = errorLedger(parts.blobs, state ? structuredClone(state.errors) : null);
  const { format, maxRecordChars } = source;
  const plan: ChunkPlan = { format, maxRecordChars, stages: job.stream.stages, sink: job.sink };
  let rowsIn = state?.rowsIn ?? 0;
  let rowsOut = state?.rowsOut ?? 0;
  let writtenColumns = state?.writtenColumns ?? null;
  let isLast = state?.isLast ?? false;
  let bytesSinceKept = 0;
  let chunksSinceKept = 0;
  let keptAt = performance.now();
  let ahead: WorkUnderWay | null = null;

  const report = (): RecordsChunk => ({
    ok: true,
    progress: { rowsIn, rowsOut, errors: errors.count, ...source.progress() },
    isLast,
    tooMany: errors.excess(job.limits, rowsIn),
    isWorthKeeping:
      bytesSinceKept >= KEEP_FACTOR * sink.stateBytes() &&
      (chunksSinceKept >= KEEP_CHUNKS || performance.now() - keptAt >= KEEP_EVERY_MS),
  });

  /** Chunks can be begun before the one in front of them is done. */
  const isIndependent = sink.isOrderless && !looksAtRow(plan);

  function begin(chunk: Chunk): WorkUnderWay {
    const { bytes, charset } = chunk;
    const stand = { ...chunk.stand, writtenColumns, room: sink.room() };
    return { chunk, answer: parts.host.records({ ...asker, plan, stand, bytes, charset }, signal) };
  }
  /** The chunk behind one that is worked on: so the isolate need not wait for this process. */
  async function beginAhead(): Promise<WorkUnderWay | null> {
    const hasColumns = job.sink.into !== 'file' || job.sink.format !== 'csv' || writtenColumns !== null;
    const chunk = isIndependent && hasColumns ? await source.ahead() : null;
    return chunk && begin(chunk);
  }

  return {
    async next() {
      const first = isLast || ahead ? null : await source.next();
      const work = ahead ?? (first && begin(first));
      ahead = null;
      if (work === null) {
        isLast = true;
        return report();
      }
      const behind = await beginAhead();
      const answer = await work.answer;
      if (!answer.ok) return answer;
      const { result, body } = answer;
      const { rowShift, lineShift, isAsForeseen } = source.took(result);
      if (isAsForeseen) ahead = behind;
      rowsIn += result.rowsIn;
      rowsOut += result.rowsOut;
      writtenColumns = result.writtenColumns;
      bytesSinceKept += work.chunk.bytes.length;
      chunksSinceKept += 1;
      errors.add(result.errors.map((error) => shifted(error, rowShift, lineShift)));
      const left = await sink.take(result, body, rowShift);
      rowsOut -= left.length;
      errors.add(left);
      isLast = source.isAtEnd() || sink.room() <= 0 || (work.chunk.stand.isLast && result.consumed === 0);
      return report();
    },
    async checkpoint() {
      bytesSinceKept = 0;
      chunksSinceKept = 0;
      keptAt = performance.now();
      const kept = { source: source.state(), sink: await sink.state(), errors: await errors.state() };
      return { ...kept, rowsIn, rowsOut, writtenColumns, isLast };
    },
    finish: () => sink.finish(countsOf(rowsIn, rowsOut, errors.count)),
    discard: () => sink.discard(),
    close: async () => {
      await Promise.all([source.close(), sink.close()]);
    },
  };
}

const countsOf = (read: number, used: number, refused: number): JsonObject => ({
  records: { read, used, leftOut: Math.max(0, read - used - refused), refused },
});

function askerOf(job: RecordsJob): Asker {
  const { nodeType, runId, step, connections, correlationId, effectKey, attempt, now, timeoutMs, memoryMb } = job;
  return { nodeType, runId, step, connections, correlationId, effectKey, attempt, now, timeoutMs, memoryMb };
}

/** The connections of the step that named a source or a file. @throws {FlowError} RECORDS_ORIGIN_UNKNOWN */
function connectionsOf(job: RecordsJob, origin: string): Record<string, string> {
  const found = job.connectionsOf(origin);
  if (found) return found;
  throw flowError('RECORDS_ORIGIN_UNKNOWN', {
    what: `The records come from step ${origin}, which neither this flow nor a flow that called it has.`,
    fix: 'Read the records in the flow that uses them, or hand the stream to it as input of Call a flow.',
    owner: 'user',
    engine: 'stop',
  });
}

const placeOf = (job: RecordsJob, origin: string, path: string): FilePlace => ({
  connection: connectionsOf(job, origin)['folder'] ?? null,
  path,
});

async function openSource(
  parts: StreamParts,
  job: RecordsJob,
  asker: Asker,
  from: JsonValue | null,
  signal: AbortSignal,
): Promise<ChunkSource> {
  const source: RecordSource = job.stream.source;
  const chunkBytes = parts.chunkBytes ?? CHUNK_BYTES;
  switch (source.kind) {
    case 'list':
      return listSource(source.items as JsonValue[], from);
    case 'text': {
      const { format, maxRecordBytes } = source;
      const file = textFile(source.text);
      return fileSource({ file, format, encoding: 'utf-8', maxRecordBytes, chunkBytes, name: 'The text' }, from);
    }
    case 'file': {
      const { format, encoding, maxRecordBytes, path } = source;
      const file = await parts.files.open(placeOf(job, source.origin, path), job.runId);
      return fileSource({ file, format, encoding, maxRecordBytes, chunkBytes, name: path }, from).catch(
        async (error) => {
          await file.close();
          throw error;
        },
      );
    }
    case 'pages': {
      const { nodeType, nodeVersion, params } = source;
      const connections = connectionsOf(job, source.origin);
      const call = { ...asker, nodeType, nodeVersion, connections, params: params as Record<string, JsonValue> };
      return pageSource((cursor) => parts.host.page({ ...call, cursor }, signal), from);
    }
  }
}

async function openSink(parts: StreamParts, job: RecordsJob, from: JsonValue | null): Promise<HostSink> {
  const { sink } = job;
  switch (sink.into) {
    case 'totals':
      return totalsSink(sink, from);
    case 'list':
      return listSink(sink, from);
    case 'batches':
      return batchSink(sink, parts.blobs, job.written, from);
    case 'file': {
      const draftId = createHash('sha256').update(job.effectKey).digest('hex').slice(0, 16);
      const place = placeOf(job, sink.origin, sink.path);
      // Said before the work and not after it; the name may still be taken meanwhile.
      if (from === null && sink.ifExists === 'fail') await parts.files.checkFree(place);
      const draft = await parts.files.draft(place, draftId, fileSinkOffset(from));
      return fileSink(sink, draft, parts.blobs, from);
    }
  }
}
