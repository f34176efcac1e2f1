/** The engine's port for record streams: one pass from a source through the chunk host to a sink. */
import { createHash } from 'node:crypto';
import type { RecordStreams, RecordsChunk, RecordsJob, RecordsPass } from '@waybill/engine/ports';
import type { JsonObject, JsonValue } from '@waybill/flow-model';
import { flowError } from '@waybill/flow-model';
import type { RecordSource } from '@waybill/node-sdk';
import { z } from 'zod';
import type { ChunkPlan } from '../chunk.ts';
import type { ChunkSource } from './chunk-source.ts';
import { fileSource, textFile } from './file-source.ts';
import type { HostSink } from './host-sink.ts';
import { batchSink, fileSink, fileSinkOffset, listSink, totalsSink } from './host-sink.ts';
import { listSource, pageSource } from './item-source.ts';
import { errorIndexSchema, errorLedger } from './record-errors.ts';
import type { Asker, FilePlace, StreamParts } from './stream-parts.ts';

/** Small enough for the text of a chunk to be collected with the young garbage. */
const CHUNK_BYTES = 524_288;
/** A checkpoint is worth keeping once this many times its own size was read. */
const KEEP_FACTOR = 4;

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

/** What a checkpoint knows of the records that could not be used, and of the file they came from. */
export function checkpointLedger(state: JsonValue) {
  const { errors, source } = stateSchema.parse(state);
  const file = fileStandSchema.safeParse(source);
  return { errors, file: file.success ? file.data : null };
}

export function recordStreams(parts: StreamParts): RecordStreams {
  return { open: (job, from, signal) => openPass(parts, job, from, signal) };
}

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

  const report = (): RecordsChunk => ({
    ok: true,
    progress: { rowsIn, rowsOut, errors: errors.count, ...source.progress() },
    isLast,
    isWorthKeeping: bytesSinceKept >= KEEP_FACTOR * sink.stateBytes(),
  });

  return {
    async next() {
      const chunk = isLast ? null : await source.next();
      if (chunk === null) {
        isLast = true;
        return report();
      }
      const stand = { ...chunk.stand, writtenColumns, room: sink.room() };
      const working = parts.host.records({ ...asker, plan, stand, text: chunk.text }, signal);
      source.readAhead();
      const answer = await working;
      if (!answer.ok) return answer;
      const { result, body } = answer;
      source.took(result);
      rowsIn += result.rowsIn;
      rowsOut += result.rowsOut;
      writtenColumns = result.writtenColumns;
      bytesSinceKept += chunk.text.length;
      errors.add(result.errors);
      await sink.take(result, body);
      errors.check(job.limits, rowsIn);
      isLast = source.isAtEnd() || sink.room() <= 0 || (chunk.stand.isLast && result.consumed === 0);
      return report();
    },
    async checkpoint() {
      bytesSinceKept = 0;
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
    what: `The records come from step ${origin}, which is not part of this flow.`,
    fix: 'Read the records in the flow that uses them; a stream from a file or a query cannot be handed to another flow.',
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
      return batchSink(sink, parts.blobs, from);
    case 'file': {
      const draftId = createHash('sha256').update(job.effectKey).digest('hex').slice(0, 16);
      const draft = await parts.files.draft(placeOf(job, sink.origin, sink.path), draftId, fileSinkOffset(from));
      return fileSink(sink, draft, from);
    }
  }
}
