import { Worker } from 'node:worker_threads';
import type { ReadAnswer, ReadRequest } from './reader-protocol.ts';
import type { Statement } from './run-query.ts';
import type { RunRow } from './run-row.ts';
import { storageError } from './storage-error.ts';

/** The near side of the reader thread. */
export class ThreadReader {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, { resolve: (rows: RunRow[][]) => void; reject: (error: Error) => void }>();
  #nextId = 1;
  #broken: Error | null = null;

  /** The file must exist and have its tables. */
  constructor(file: string) {
    this.#worker = new Worker(new URL('./reader-worker.ts', import.meta.url), { workerData: { file } });
    this.#worker.on('message', (answer: ReadAnswer) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if (answer.failure) waiting?.reject(storageError(answer.failure));
      else waiting?.resolve(answer.results);
    });
    this.#worker.on('error', (error) => this.#break(error.message));
    this.#worker.on('exit', () => this.#break('the reader thread ended'));
  }

  /** Rows of several statements, all of the same moment. */
  queryAll(statements: Statement[]): Promise<RunRow[][]> {
    if (this.#broken) return Promise.reject(this.#broken);
    return new Promise((resolve, reject) => {
      const request: ReadRequest = { id: this.#nextId++, statements };
      this.#waiting.set(request.id, { resolve, reject });
      this.#worker.postMessage(request);
    });
  }

  async query(sql: string, values: Statement['values'] = []): Promise<RunRow[]> {
    const [rows] = await this.queryAll([{ sql, values }]);
    return rows ?? [];
  }

  async close(): Promise<void> {
    if (this.#broken) return;
    const ended = new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()));
    this.#worker.postMessage('close');
    await ended;
  }

  #break(message: string): void {
    if (this.#broken) return;
    this.#broken = storageError({ full: false, message });
    for (const each of this.#waiting.values()) each.reject(this.#broken);
    this.#waiting.clear();
  }
}
