import type { EffectEntry, RunSummary } from '@waybill/engine/ports';
import { mongo } from 'mongoose';

/**
 * A run: what lists show, and the records it was accepted with. Its insert is the acceptance. Later summaries are
 * copied here from the journal entry they were committed with, so they may lag after a crash until the run is read.
 */
export interface RunDoc extends Omit<RunSummary, 'runId'> {
  _id: string;
  /** `<flow>\n<dedupe key>`, or the run's own id when it has none: unique. */
  dedupe: string;
  /** Rises with acceptance. */
  order: string;
  isOpen: boolean;
  /** `alsoAt` as plain values, to find it by: `waiting <node>`. */
  alsoAs?: string[];
  /** Records 1 to `firstTo` as JSON. */
  first: string;
  firstTo: number;
  /** Effects changed by the records it was accepted with, as JSON, until they are in the ledger. */
  firstEffects?: string | null;
}

/** Records appended at once. Its insert is the commit and the fence: only one writer can have its `_id`. */
export interface EntryDoc {
  _id: string;
  run: string;
  /** Numbers of the first and last record. */
  from: number;
  to: number;
  records: string;
  summary: string;
  /** Changes of the ledger, as JSON. */
  effects?: string | null;
}

/** The ledger; told again from the entry it was committed with after a crash. */
export interface EffectDoc extends Omit<EffectEntry, 'effectKey'> {
  _id: string;
  /** Of the record it was changed by: an older change never replaces a newer one. */
  seq: number;
}

export interface WaitDoc {
  _id: string;
  run: string;
  /** `<event>\n<key>` */
  waitsFor: string;
}

/** A run that may stand at several nodes; which they are, its own document says. */
export interface PlacesDoc {
  _id: string;
  flowId: string;
}

export interface SnapshotDoc {
  _id: string;
  seq: number;
  state: string;
}

export interface JournalCollections {
  runs: mongo.Collection<RunDoc>;
  entries: mongo.Collection<EntryDoc>;
  effects: mongo.Collection<EffectDoc>;
  waits: mongo.Collection<WaitDoc>;
  places: mongo.Collection<PlacesDoc>;
  snapshots: mongo.Collection<SnapshotDoc>;
}

const durable = { writeConcern: { w: 'majority', j: true } } as const;

/** Connects and makes the indexes. */
export async function openCollections(uri: string): Promise<{ client: mongo.MongoClient; db: mongo.Db }> {
  const client = new mongo.MongoClient(uri, { serverSelectionTimeoutMS: 10_000 });
  await client.connect();
  return { client, db: client.db() };
}

export async function journalCollections(db: mongo.Db): Promise<JournalCollections> {
  const runs = db.collection<RunDoc>('runs', durable);
  const entries = db.collection<EntryDoc>('journal', durable);
  const effects = db.collection<EffectDoc>('effects', durable);
  const waits = db.collection<WaitDoc>('eventWaits', durable);
  const places = db.collection<PlacesDoc>('standingAtSeveral', durable);
  const snapshots = db.collection<SnapshotDoc>('snapshots', durable);
  await runs.createIndex({ dedupe: 1 }, { unique: true });
  await runs.createIndex({ acceptedAt: -1, _id: -1 });
  await runs.createIndex({ flowId: 1, status: 1, acceptedAt: -1, _id: -1 });
  await runs.createIndex({ flowId: 1, acceptedAt: -1, _id: -1 });
  await runs.createIndex({ status: 1, acceptedAt: -1, _id: -1 });
  await runs.createIndex({ businessKey: 1, acceptedAt: -1, _id: -1 });
  await runs.createIndex({ errorCode: 1, acceptedAt: -1, _id: -1 });
  await runs.createIndex({ errorClass: 1, acceptedAt: -1, _id: -1 });
  await runs.createIndex({ startedBy: 1, acceptedAt: -1, _id: -1 });
  await runs.createIndex({ correlationId: 1 });
  await runs.createIndex({ parentRunId: 1 });
  await runs.createIndex({ replayRoot: 1 });
  await runs.createIndex({ isOpen: 1, wakeAt: 1 });
  await runs.createIndex({ isOpen: 1, order: 1 });
  await entries.createIndex({ run: 1, from: 1 });
  await effects.createIndex({ updatedAt: -1, _id: -1 });
  await effects.createIndex({ state: 1, updatedAt: -1, _id: -1 });
  await effects.createIndex({ runId: 1 });
  await effects.createIndex({ businessKey: 1, updatedAt: -1 });
  await effects.createIndex({ connection: 1, updatedAt: -1 });
  await effects.createIndex({ businessEffectKey: 1 });
  await waits.createIndex({ waitsFor: 1 });
  await waits.createIndex({ run: 1 });
  await places.createIndex({ flowId: 1 });
  return { runs, entries, effects, waits, places, snapshots };
}
