import type { RecordsEnd, RecordsJob } from '@waybill/engine/ports';
import type { JsonValue } from '@waybill/flow-model';
import type { RecordSink, RecordStream } from '@waybill/node-sdk';
import { processChunk } from '../src/process-chunk.ts';
import type { Batch } from '../src/streams/batch-sink.ts';
import { readBatch } from '../src/streams/batch-sink.ts';
import type { RecordFiles, StreamParts } from '../src/streams/index.ts';

/** Files in memory; a draft cut off by a crash keeps what was appended, as a disk would. */
function memoryFiles(): RecordFiles & { files: Map<string, Buffer>; drafts: Map<string, Buffer> } {
  const files = new Map<string, Buffer>();
  const drafts = new Map<string, Buffer>();
  return {
    files,
    drafts,
    async open({ path }) {
      const bytes = files.get(path);
      if (!bytes) throw new Error(`no file ${path}`);
      return {
        sizeBytes: bytes.length,
        version: `${bytes.length}`,
        read: async (offset, into) => bytes.copy(into, 0, offset, offset + into.length),
        close: async () => {},
      };
    },
    async checkFree({ path }) {
      if (files.has(path)) throw new Error(`FILE_EXISTS ${path}`);
    },
    async draft({ path }, id, offset) {
      drafts.set(id, (drafts.get(id) ?? Buffer.alloc(0)).subarray(0, offset));
      return {
        append: async (bytes) => void drafts.set(id, Buffer.concat([drafts.get(id) ?? Buffer.alloc(0), bytes])),
        sync: async () => {},
        finish: async () => void files.set(path, drafts.get(id) ?? Buffer.alloc(0)),
        discard: async () => void drafts.delete(id),
        close: async () => {},
      };
    },
  };
}

function memoryBlobStore() {
  const blobs = new Map<string, Uint8Array>();
  let count = 0;
  return {
    put: async (bytes: Uint8Array) => {
      count += 1;
      blobs.set(`blob-${count}`, bytes.slice());
      return `blob-${count}`;
    },
    get: async (key: string) => blobs.get(key) ?? null,
  };
}

/** Streams whose chunks are worked on in this process. */
export function aStreamBench(chunkBytes: number, pages: JsonValue[][] = []) {
  const files = memoryFiles();
  const blobs = memoryBlobStore();
  const asked: (JsonValue | null)[] = [];
  const parts: StreamParts = {
    files,
    blobs,
    chunkBytes,
    host: {
      async records({ plan, stand, bytes, charset }) {
        const text = Buffer.from(bytes).toString(charset);
        const tools = {
          evaluate: async () => undefined,
          lookUp: async () => [],
          counterparts: async () => [],
          code: [],
        };
        return { ok: true, ...(await processChunk(text, plan, stand, tools)) };
      },
      async page({ cursor }) {
        asked.push(cursor);
        const at = typeof cursor === 'number' ? cursor : 0;
        return { ok: true, page: { items: pages[at] ?? [], next: at + 1 < pages.length ? at + 1 : null } };
      },
    },
  };
  return { parts, files, blobs, asked };
}

export const csvFile = (path: string, more: object = {}): RecordStream => ({
  source: {
    kind: 'file',
    origin: 'read',
    path,
    format: { is: 'csv', header: true, delimiter: '', quote: '"', columns: [] },
    encoding: 'auto',
    maxRecordBytes: 1_024,
    ...more,
  },
  stages: [],
});

export const aJob = (stream: RecordStream, sink: RecordSink, more: Partial<RecordsJob> = {}): RecordsJob => ({
  runId: 'run-1' as RecordsJob['runId'],
  step: 'write',
  nodeType: 'core.write-records',
  stream,
  sink,
  limits: { maxErrors: 1_000, maxErrorShare: 1 },
  connections: {},
  connectionsOf: () => ({}),
  written: [],
  effectKey: 'effect-1',
  correlationId: 'c-1',
  attempt: 1,
  now: 1_700_000_000_000,
  timeoutMs: 1_000,
  memoryMb: 64,
  ...more,
});
export const toFile = (path: string): RecordSink => ({
  into: 'file',
  origin: 'write',
  path,
  format: 'csv',
  delimiter: ',',
  columns: [],
  ifExists: 'replace',
});

export const toBatches = (more: { size?: number; key?: string } = {}): RecordSink => ({
  into: 'batches',
  size: 7,
  concurrency: 2,
  onItemError: 'stop',
  key: '',
  values: {},
  ...more,
});

export async function batchesOf(
  { blobs }: Pick<ReturnType<typeof aStreamBench>, 'blobs'>,
  end: RecordsEnd,
): Promise<Batch[]> {
  if (end.is !== 'parts') throw new Error('no parts');
  return Promise.all(end.parts.map((part) => readBatch(blobs, part)));
}
