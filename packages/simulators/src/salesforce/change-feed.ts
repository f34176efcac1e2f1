/** Change events: written with the change itself, announced once it has committed. */
import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../kernel/json.ts';
import type { RecordStore } from '../kernel/record-store.ts';
import type { SObject } from './schema.ts';

export type ChangeType = 'CREATE' | 'UPDATE' | 'DELETE' | 'UNDELETE' | 'GAP_UPDATE';

export interface Change {
  readonly replayId: number;
  readonly channel: string;
  readonly payload: JsonObject;
}

const retentionMs = 72 * 3_600_000;

export class ChangeFeed {
  readonly #store: RecordStore;
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #recorders = new Set<(change: Change) => void>();
  #transaction = { number: -1, key: '', sequence: 0 };
  /** Off while seed data is written. */
  enabled = true;

  constructor(store: RecordStore) {
    this.#store = store;
  }

  /** Records one change inside the caller's transaction. */
  note(object: SObject, id: string, changeType: ChangeType, changed: readonly string[], record: JsonObject) {
    if (!this.enabled) return;
    const fields = Object.fromEntries(changed.map((name) => [name, record[name] ?? null]));
    const changedFields = changeType === 'UPDATE' ? [...changed, 'LastModifiedDate'] : [];
    const times: JsonObject = changeType === 'DELETE' ? {} : { LastModifiedDate: salesforceTime(this.#store.clock()) };
    this.publish(channelOf(object), {
      ChangeEventHeader: this.#header(object, id, changeType, changedFields),
      ...fields,
      ...times,
    });
  }

  /** Announces a change without its fields, as the org does when it cannot tell them. */
  noteGap(object: SObject, id: string) {
    this.#store.transaction(() =>
      this.publish(channelOf(object), { ChangeEventHeader: this.#header(object, id, 'GAP_UPDATE', []) }),
    );
  }

  /** Appends any event and announces it after the commit. */
  publish(channel: string, payload: JsonObject) {
    const replayId = this.#store.appendEvent(channel, payload);
    const change = { replayId, channel, payload };
    for (const record of this.#recorders) record(change);
    this.#store.afterCommit(() => {
      for (const tell of this.#listeners) tell(change);
    });
  }

  /** Retained events after a replay id. */
  retained(afterReplayId: number): Change[] {
    return this.#store.events(afterReplayId, this.#store.clock() - retentionMs);
  }

  /** Called after each commit, in order. */
  listen(listener: (change: Change) => void) {
    this.#listeners.add(listener);
  }

  /** Called inside the writing transaction: what it stores is as durable as the change. */
  record(recorder: (change: Change) => void) {
    this.#recorders.add(recorder);
  }

  #header(object: SObject, id: string, changeType: ChangeType, changedFields: string[]): JsonObject {
    const now = this.#store.clock();
    const { key, sequence } = this.#position();
    return {
      entityName: object.name,
      recordIds: [id],
      changeType,
      changeOrigin: 'com/salesforce/api/rest/67.0',
      transactionKey: key,
      sequenceNumber: sequence,
      commitTimestamp: now,
      commitNumber: now * 1000 + sequence,
      commitUser: '0058d0000000001AAA',
      nulledFields: [],
      diffFields: [],
      changedFields,
    };
  }

  #position() {
    const number = this.#store.transactionNumber;
    if (this.#transaction.number !== number) this.#transaction = { number, key: randomUUID(), sequence: 0 };
    this.#transaction.sequence += 1;
    return this.#transaction;
  }
}

/** Second precision, as the REST API shows times. */
export function salesforceTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}.000+0000`;
}

function channelOf(object: SObject): string {
  return `/data/${object.name.replace(/__c$/, '__')}ChangeEvent`;
}
