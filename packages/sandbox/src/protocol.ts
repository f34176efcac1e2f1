// Messages between the sandbox and its runner processes. Payloads are JSON texts made by one end and
// read by the other, so that the process boundary copies strings and nothing else.
import type { ErrorRecord } from '@waybill/flow-model';
import type { ChunkCharset } from '@waybill/records';
import type { HostCallKind } from './guest/host-calls.ts';

/** What a runner needs to know before its first step; on its command line as JSON. */
export interface RunnerSetup {
  /** Folder with guest.js, code.js, inspect.js and one script per package. */
  bundlesDir: string;
  limits: { outputChars: number; openHostCalls: number; followChars: number };
  /** Resident bytes above which idle isolates are given back. */
  softRssBytes: number;
}

/** What came of a step that was handed along with another. */
export interface Followed {
  step: string;
  json: string;
  tookMs: number;
}

export type ToRunner =
  | {
      t: 'step';
      id: number;
      /** File of the package's bundle without `.js`. */
      bundle: string;
      /** One frozen context serves all runs; otherwise each run has its own. */
      shared: boolean;
      runId: string;
      json: string;
      /** JSON of the `GuestNext` steps that may run in the same trip; empty without any. */
      next: string;
      timeoutMs: number;
      memoryMb: number;
    }
  | {
      /** One chunk of a record stream. */
      t: 'records';
      id: number;
      runId: string;
      /** JSON of a `GuestChunk`. */
      json: string;
      /** The chunk itself; it goes through the chunk pipe, see `Crossing`. */
      bytes: Uint8Array;
      charset: ChunkCharset;
      /** People's own code among the stages; it gets a context of its run's own. */
      code: string[];
      timeoutMs: number;
      memoryMb: number;
    }
  | { t: 'evaluate'; id: number; json: string; timeoutMs: number; memoryMb: number }
  | { t: 'inspect'; id: number; source: string; timeoutMs: number; memoryMb: number }
  | { t: 'answer'; id: number; call: number; ok: boolean; head: string; body: string }
  | { t: 'abort'; id: number };

/** A message as it crosses: the bytes of a chunk follow on a pipe of their own, in the order of the messages, each behind its length. */
export type Crossing = Exclude<ToRunner, { t: 'records' }> | Omit<Extract<ToRunner, { t: 'records' }>, 'bytes'>;
/** The pipe for chunks in a runner. */
export const CHUNK_FD = 4;
/** Length of a chunk in front of it, little endian. */
export const CHUNK_HEADER_BYTES = 4;

export type FromRunner =
  | { t: 'ready' }
  /** Every 250 ms: the process is not stuck. `begun` names steps whose clock has started since. */
  | { t: 'alive'; begun: number[]; rssBytes: number }
  | { t: 'call'; id: number; call: number; kind: Exclude<HostCallKind, 'code'>; payload: string }
  /** `followed` are the steps that were handed along and ran too. */
  | { t: 'done'; id: number; json: string; followed?: Followed[] }
  | { t: 'failed'; id: number; error: ErrorRecord }
  /** Its isolate went down with another step, or a trip shared with others hit a limit; then all are suspects. */
  | { t: 'lost'; id: number; suspect: boolean };
