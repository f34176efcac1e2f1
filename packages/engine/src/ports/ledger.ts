import type { EpochMs, FlowId, FlowVersionId, RunId } from '@waybill/flow-model';
import type { StepKey } from '../journal-record.ts';

/**
 * planned: parked before anything was sent. sent: intent durable, outcome not yet. unknown: may have happened, nobody
 * knows (in doubt, or to be looked for). confirmed: happened. refused: surely did not happen. reversed: taken back by
 * its undo. skipped: a person went on without it. reused: a replay found it confirmed by an earlier run and sent nothing.
 */
export const effectStates = [
  'planned',
  'sent',
  'unknown',
  'confirmed',
  'refused',
  'reversed',
  'skipped',
  'reused',
] as const;
export type EffectState = (typeof effectStates)[number];

/**
 * One change in an outside system: the newest state of one effect key. Derived from the journal, in the same commit.
 * `sent` is not written for effects without a connection: they are over before anybody could look.
 */
export interface EffectEntry {
  /** `hash(run, step, generation)`: at most once under this key. */
  effectKey: string;
  /**
   * The same for the same step of the same business object in any run. Null for effects without a connection: they are not
   * looked for by it.
   */
  businessEffectKey: string | null;
  runId: RunId;
  flowId: FlowId;
  versionId: FlowVersionId;
  step: StepKey;
  nodeType: string;
  nodeTitle: string;
  generation: number;
  attempt: number;
  state: EffectState;
  /** How the node declares to be safe. */
  safety: 'natural' | 'key' | 'probe' | 'none';
  /** What the node's first credential slot is bound to: role alias or connection id. */
  connection: string | null;
  businessKey: string | null;
  correlationId: string;
  mode: 'live' | 'test';
  /** Of the input it was sent with; equal hashes mean the same data. */
  inputHash: string | null;
  /** Kept from the first entry under this key, as is the input hash where a later entry has none. */
  firstAt: EpochMs;
  updatedAt: EpochMs;
  /** In words: why it is not confirmed, or who decided. */
  note: string | null;
}

export interface EffectFilter {
  runId?: RunId;
  flowId?: FlowId;
  businessKey?: string;
  /** Of effects that have a connection. */
  businessEffectKeys?: string[];
  /** Any of these bindings. */
  connections?: string[];
  states?: EffectState[];
  mode?: 'live' | 'test';
  updatedFrom?: EpochMs;
  updatedTo?: EpochMs;
  /** Prefix of business key, run id or, where there is a connection, effect key. */
  text?: string;
}
export interface EffectQuery {
  filter: EffectFilter;
  /** Opaque; from the previous page. Newest change first. */
  cursor?: string;
  limit: number;
}
export interface EffectPage {
  effects: EffectEntry[];
  nextCursor: string | null;
}

/** The reading side of the ledger; a journal writes it. */
export interface EffectLedger {
  effects(query: EffectQuery): Promise<EffectPage>;
  /** Counts by state for the same filter, the state filter left out. */
  effectCounts(filter: EffectFilter): Promise<Partial<Record<EffectState, number>>>;
}
