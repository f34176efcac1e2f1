// What the sandbox is asked for besides steps, and what it answers.
import type { EpochMs, ErrorRecord, JsonObject, JsonValue } from '@waybill/flow-model';
import type { PollResult, RecordPage } from '@waybill/node-sdk';
import type { ChunkCharset, ChunkPlan, ChunkResult, ChunkStand } from '@waybill/records';

/** One look of a polling trigger at its system. */
export interface PollCall {
  nodeType: string;
  nodeVersion: number;
  params: Record<string, JsonValue>;
  vars: JsonObject;
  connections: Record<string, string>;
  watermark: JsonValue | null;
  /** Names the trigger; shown to the other system as correlation id. */
  pollId: string;
  now: EpochMs;
  timeoutMs: number;
  memoryMb?: number;
}
export type PollAnswer = { ok: true; result: PollResult } | { ok: false; error: ErrorRecord };

/** One chunk of a record stream, for the step that carries it. */
export interface RecordsCall {
  nodeType: string;
  runId: string;
  step: string;
  plan: ChunkPlan;
  stand: ChunkStand;
  bytes: Uint8Array;
  charset: ChunkCharset;
  connections: Record<string, string>;
  correlationId: string;
  effectKey: string;
  attempt: number;
  now: EpochMs;
  timeoutMs: number;
  memoryMb: number;
}
/** One page of what a node reads page by page; its params are resolved already. */
export interface PageCall extends Omit<RecordsCall, 'plan' | 'stand' | 'bytes' | 'charset'> {
  nodeVersion: number;
  params: Record<string, JsonValue>;
  cursor: JsonValue | null;
}
export type PageAnswer = { ok: true; page: RecordPage } | { ok: false; error: ErrorRecord; crashed: boolean };
export type RecordsAnswer =
  | { ok: true; result: ChunkResult; body: string }
  | { ok: false; error: ErrorRecord; crashed: boolean };
