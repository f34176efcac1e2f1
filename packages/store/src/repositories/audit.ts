import { createHash } from 'node:crypto';
import type { JsonValue } from '@waybill/flow-model';
import type { Connection } from 'mongoose';
import { collection, guarded, isDuplicateKey } from './collection.ts';
import type { Page, PageRequest } from './page.ts';
import { decodeCursor, pageFrom } from './page.ts';

export interface AuditEvent {
  at: number;
  /** User id, `key:<id>` or `system`. */
  actor: string;
  actorName: string;
  /** `<noun>.<verb>`, e.g. `flow.published`. */
  action: string;
  /** What it was done to, e.g. `flow:f1`. */
  subject: string;
  /** Before and after, reason; never a secret. */
  details: Record<string, JsonValue>;
}
export interface AuditRecord extends AuditEvent {
  /** From 1, without gaps. */
  seq: number;
  previousHash: string;
  /** Over this entry and the hash before it: changing, dropping or inserting one breaks all that follow. */
  hash: string;
}
type AuditDoc = Omit<AuditRecord, 'seq' | 'details'> & { _id: number; details: string };

export interface AuditFilter {
  actor?: string | undefined;
  action?: string | undefined;
  subject?: string | undefined;
}
export interface AuditRepository {
  append(event: AuditEvent): Promise<AuditRecord>;
  /** Newest first. */
  list(request: PageRequest & AuditFilter): Promise<Page<AuditRecord>>;
  /** Reads the whole chain; `brokenAt` is the first entry that does not fit. */
  verify(): Promise<{ ok: boolean; entries: number; brokenAt: number | null }>;
}

const chainStart = '0'.repeat(64);

/** Pure: the hash an entry must have after `previousHash`. */
export function auditHash(previousHash: string, seq: number, event: AuditEvent): string {
  const { at, actor, actorName, action, subject, details } = event;
  return createHash('sha256')
    .update(JSON.stringify([previousHash, seq, at, actor, actorName, action, subject, details]))
    .digest('hex');
}

const maxAppendTries = 50;

export function auditRepository(connection: Connection): AuditRepository {
  const audit = collection<AuditDoc>(
    connection,
    'audit',
    {
      at: Number,
      actor: String,
      actorName: String,
      action: String,
      subject: String,
      details: String,
      previousHash: String,
      hash: String,
    },
    { id: 'number', indexes: [[{ actor: 1, _id: -1 }], [{ action: 1, _id: -1 }], [{ subject: 1, _id: -1 }]] },
  );
  const recordOf = ({ _id, details, ...rest }: AuditDoc): AuditRecord => ({
    seq: _id,
    ...rest,
    details: JSON.parse(details) as Record<string, JsonValue>,
  });

  async function tryAppend(event: AuditEvent): Promise<AuditRecord | null> {
    const [last] = await audit.find({}).sort({ _id: -1 }).limit(1).lean<AuditDoc[]>();
    const seq = (last?._id ?? 0) + 1;
    const previousHash = last?.hash ?? chainStart;
    const hash = auditHash(previousHash, seq, event);
    try {
      await audit.create({ _id: seq, ...event, details: JSON.stringify(event.details), previousHash, hash });
      return { seq, ...event, previousHash, hash };
    } catch (error) {
      if (isDuplicateKey(error)) return null;
      throw error;
    }
  }

  /** Within a process entries queue here; between processes the key decides and the loser reads again. */
  let queue: Promise<unknown> = Promise.resolve();
  const append = (event: AuditEvent): Promise<AuditRecord> => {
    const mine = queue.then(async () => {
      // Through JSON once, so that the hash is over exactly what will be read back.
      const plain: AuditEvent = { ...event, details: JSON.parse(JSON.stringify(event.details)) };
      for (let tries = 0; tries < maxAppendTries; tries += 1) {
        const record = await tryAppend(plain);
        if (record) return record;
      }
      throw new Error('the audit log could not be appended to: its last entry keeps changing');
    });
    queue = mine.catch(() => undefined);
    return mine;
  };

  return guarded<AuditRepository>({
    append,
    async list({ cursor, limit, actor, action, subject }) {
      const match = {
        ...(actor ? { actor } : {}),
        ...(action ? { action } : {}),
        ...(subject ? { subject } : {}),
        ...(cursor ? { _id: { $lt: Number(decodeCursor(cursor)[0]) } } : {}),
      };
      const docs = await audit
        .find(match)
        .sort({ _id: -1 })
        .limit(limit + 1)
        .lean<AuditDoc[]>();
      return pageFrom(docs, limit, (doc) => [doc._id, ''], recordOf);
    },
    async verify() {
      let previousHash = chainStart;
      let seq = 0;
      for (;;) {
        const docs = await audit
          .find({ _id: { $gt: seq } })
          .sort({ _id: 1 })
          .limit(500)
          .lean<AuditDoc[]>();
        for (const record of docs.map(recordOf)) {
          const fits =
            record.seq === seq + 1 &&
            record.previousHash === previousHash &&
            record.hash === auditHash(previousHash, record.seq, record);
          if (!fits) return { ok: false, entries: seq, brokenAt: seq + 1 };
          seq = record.seq;
          previousHash = record.hash;
        }
        if (docs.length < 500) return { ok: true, entries: seq, brokenAt: null };
      }
    },
  });
}
