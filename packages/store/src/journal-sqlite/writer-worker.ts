/**
 * The one writer of the journal, in its own thread so that no commit stalls the event loop. All messages that have
 * come by the time it begins are one transaction; the answer is sent after COMMIT, in the order of the operations.
 */
import { DatabaseSync } from 'node:sqlite';
import type { MessagePort } from 'node:worker_threads';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { SqlValue } from './run-row.ts';
import { SCHEMA, SCHEMA_VERSION, upgradeFrom } from './schema.ts';
import { storageFailure } from './storage-failure.ts';
import { WriteCursor, writeOperations } from './write-operations.ts';
import type { WriteResult, WriterAnswer, WriterMessage, WriterOptions } from './writer-protocol.ts';

/** Larger transactions save nothing more, and all of one is lost when it fails. */
const MAX_BATCH_MESSAGES = 16;
const MAX_BATCH_CHARS = 1_000_000;

const options = workerData as WriterOptions;
const port = parentPort;
if (!port) throw new Error('The journal writer runs in a worker thread only.');
const answer = (message: WriterAnswer): void => port.postMessage(message);

function openDatabase(): DatabaseSync {
  const db = new DatabaseSync(options.file);
  db.exec('pragma busy_timeout = 10000');
  db.exec('pragma journal_mode = wal');
  db.exec(`pragma synchronous = ${options.synchronous}`);
  db.exec('pragma wal_autocheckpoint = 4000');
  db.exec('pragma cache_size = -65536');
  db.exec('pragma temp_store = memory');
  const { user_version: version } = db.prepare('pragma user_version').get() as { user_version: number };
  if (version > SCHEMA_VERSION) throw new Error(`${options.file} was written by a newer version (${version}).`);
  db.exec(upgradeFrom(version));
  db.exec(SCHEMA);
  db.exec(`pragma user_version = ${SCHEMA_VERSION}`);
  if (options.maxSizeBytes !== null) {
    const { page_size: pageSize } = db.prepare('pragma page_size').get() as { page_size: number };
    db.exec(`pragma max_page_count = ${Math.max(1, Math.floor(options.maxSizeBytes / pageSize))}`);
  }
  return db;
}

function start(db: DatabaseSync, port: MessagePort): void {
  const operations = writeOperations(db);

  const commit = (messages: SqlValue[][]): WriterAnswer => {
    let place = 0;
    let others: Map<number, WriteResult> | null = null;
    try {
      db.exec('begin immediate');
      for (const values of messages) {
        for (const op = new WriteCursor(values); !op.isAtEnd; place += 1) {
          const result = operations.write(op);
          if (result === 'ok') continue;
          others ??= new Map();
          others.set(place, result);
        }
      }
      db.exec('commit');
      operations.committed();
      return { kind: 'committed', messages: messages.length, others };
    } catch (error) {
      // Whatever failed, nothing of the batch may count: half an append would be worse than none.
      if (db.isTransaction) db.exec('rollback');
      operations.undone();
      return { kind: 'failed', messages: messages.length, failure: storageFailure(error) };
    }
  };

  port.on('message', (first: WriterMessage) => {
    const messages: SqlValue[][] = [];
    let chars = 0;
    let next: WriterMessage | undefined = first;
    while (next !== undefined && next !== 'close') {
      messages.push(next);
      chars += charsIn(next);
      if (messages.length >= MAX_BATCH_MESSAGES || chars >= MAX_BATCH_CHARS) break;
      next = receiveMessageOnPort(port)?.message as WriterMessage | undefined;
    }
    if (messages.length > 0) answer(commit(messages));
    if (next !== 'close') return;
    db.close();
    answer({ kind: 'closed' });
    port.close();
  });
}

function charsIn(values: readonly SqlValue[]): number {
  let chars = 0;
  for (const value of values) if (typeof value === 'string') chars += value.length;
  return chars;
}

try {
  start(openDatabase(), port);
  answer({ kind: 'opened' });
} catch (error) {
  answer({ kind: 'failed', messages: 0, failure: storageFailure(error) });
  port.close();
}
