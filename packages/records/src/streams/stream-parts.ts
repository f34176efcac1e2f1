/** What record streams are built on; the server hands it in, tests bring their own. */
import type { BlobStore } from '@waybill/engine/ports';
import type { EpochMs, ErrorRecord, JsonValue } from '@waybill/flow-model';
import type { RecordPage } from '@waybill/node-sdk';
import type { ChunkCharset, ChunkPlan, ChunkResult, ChunkStand } from '../chunk.ts';

/** A file in the folder of a connection; null: the folder of the workspace. */
export interface FilePlace {
  connection: string | null;
  path: string;
}
export interface OpenFile {
  sizeBytes: number;
  /** Changes with the content. */
  version: string;
  /** Fills `into` as far as the file goes. @returns bytes read. */
  read(offset: number, into: Uint8Array): Promise<number>;
  close(): Promise<void>;
}
/** A file that nobody sees before it is finished. */
export interface DraftFile {
  append(bytes: Uint8Array): Promise<void>;
  /** What was appended survives a power failure. */
  sync(): Promise<void>;
  /** Gives it its name; repeating it changes nothing. @throws {FlowError} FILE_EXISTS */
  finish(ifExists: 'replace' | 'fail'): Promise<void>;
  discard(): Promise<void>;
  close(): Promise<void>;
}
export interface RecordFiles {
  /** @param runId the run that reads it. @throws {FlowError} FILE_NOT_FOUND, FILE_NOT_ALLOWED */
  open(place: FilePlace, runId: string): Promise<OpenFile>;
  /** @throws {FlowError} FILE_EXISTS */
  checkFree(place: FilePlace): Promise<void>;
  /**
   * Starts a draft, or goes on with it: whatever it has beyond `offset` is cut off. A draft that is gone while the file
   * stands there with `offset` bytes was finished.
   */
  draft(place: FilePlace, draftId: string, offset: number): Promise<DraftFile>;
}

/** Who asks: what the host needs for limits, capabilities and messages. */
export interface Asker {
  nodeType: string;
  runId: string;
  step: string;
  connections: Record<string, string>;
  correlationId: string;
  effectKey: string;
  attempt: number;
  now: EpochMs;
  timeoutMs: number;
  memoryMb: number;
}
export type ChunkAnswer =
  | { ok: true; result: ChunkResult; body: string }
  | { ok: false; error: ErrorRecord; crashed: boolean };
export type PageAnswer = { ok: true; page: RecordPage } | { ok: false; error: ErrorRecord; crashed: boolean };

/** Where chunks are worked on, away from this process. Never rejects. */
export interface ChunkHost {
  records(
    call: Asker & { plan: ChunkPlan; stand: ChunkStand; bytes: Uint8Array; charset: ChunkCharset },
    signal: AbortSignal,
  ): Promise<ChunkAnswer>;
  page(
    call: Asker & { nodeVersion: number; params: Record<string, JsonValue>; cursor: JsonValue | null },
    signal: AbortSignal,
  ): Promise<PageAnswer>;
}

export interface StreamParts {
  files: RecordFiles;
  blobs: BlobStore;
  host: ChunkHost;
  /** Bytes read at a time. */
  chunkBytes?: number;
}
