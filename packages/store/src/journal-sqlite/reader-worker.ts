/** Reads of the journal, in a thread and on a connection of their own: a slow list blocks no commit. */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { ReadAnswer, ReadRequest } from './reader-protocol.ts';
import type { RunRow, SqlValue } from './run-row.ts';
import { storageFailure } from './storage-failure.ts';

const { file } = workerData as { file: string };
const port = parentPort;
if (!port) throw new Error('The journal reader runs in a worker thread only.');

const db = new DatabaseSync(file, { readOnly: true });
db.exec('pragma busy_timeout = 10000');
db.exec('pragma cache_size = -65536');

const prepared = new Map<string, ReturnType<DatabaseSync['prepare']>>();
const MAX_PREPARED = 200;

function query(sql: string, values: SqlValue[]): RunRow[] {
  let statement = prepared.get(sql);
  if (!statement) {
    if (prepared.size >= MAX_PREPARED) prepared.clear();
    statement = db.prepare(sql);
    prepared.set(sql, statement);
  }
  return statement.all(...values) as RunRow[];
}

port.on('message', (request: ReadRequest | 'close') => {
  if (request === 'close') {
    db.close();
    port.close();
    return;
  }
  const answer: ReadAnswer = { id: request.id, results: [] };
  try {
    // Several statements of one request see the same moment.
    db.exec('begin');
    answer.results = request.statements.map(({ sql, values }) => query(sql, values));
  } catch (error) {
    answer.failure = storageFailure(error);
  } finally {
    if (db.isTransaction) db.exec('commit');
  }
  port.postMessage(answer);
});
