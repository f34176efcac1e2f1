/**
 * The near side of the writer thread: never more than one batch in flight; whatever arrives meanwhile is
 * the next one. No timer, so an idle journal commits at once and a busy one commits many runs together.
 * A busy one gets its next batch before the answers of the last are worked on, so that both threads are busy.
 */
import { Worker } from 'node:worker_threads';
import { storageError } from './storage-error.ts';
import type { WriteOp, WriteResult, WriterAnswer, WriterOptions } from './writer-protocol.ts';

const MAX_BATCH_OPS = 1_000;
const MAX_BATCH_CHARS = 1_000_000;
/** As many as this need not wait for the end of the turn: the writer would idle while the turn goes on. */
const EARLY_BATCH_OPS = 64;

interface Waiting {
  op: WriteOp;
  resolve: (result: WriteResult) => void;
  reject: (error: Error) => void;
}

export class GroupWriter {
  readonly #worker: Worker;
  #waiting: Waiting[] = [];
  #inFlight: Waiting[] | null = null;
  #scheduled = false;
  #broken: Error | null = null;
  #onClosed: (() => void) | null = null;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  /** @throws {FlowError} STORAGE_FAILED or STORAGE_FULL when the file cannot be opened. */
  static async open(options: WriterOptions): Promise<GroupWriter> {
    const worker = new Worker(new URL('./writer-worker.ts', import.meta.url), { workerData: options });
    const writer = new GroupWriter(worker);
    await new Promise<void>((resolve, reject) => {
      worker.once('message', (answer: WriterAnswer) => {
        if (answer.kind === 'opened') resolve();
        else reject(storageError(answer.kind === 'failed' ? answer.failure : { full: false, message: answer.kind }));
      });
      worker.once('error', reject);
    });
    worker.removeAllListeners('error');
    worker.on('message', (answer: WriterAnswer) => writer.#onAnswer(answer));
    worker.on('error', (error) => writer.#break(error.message));
    worker.on('exit', () => writer.#break('the writer thread ended'));
    return writer;
  }

  /** Resolves after the commit that holds the operation. */
  write(op: WriteOp): Promise<WriteResult> {
    if (this.#broken) return Promise.reject(this.#broken);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ op, resolve, reject });
      if (this.#waiting.length >= EARLY_BATCH_OPS) this.#send();
      else this.#schedule();
    });
  }

  /** Writes what is left, then ends the thread. */
  async close(): Promise<void> {
    while ((this.#inFlight || this.#waiting.length > 0) && !this.#broken) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (this.#broken) return;
    this.#broken = storageError({ full: false, message: 'the journal is closed' });
    await new Promise<void>((resolve) => {
      this.#onClosed = resolve;
      this.#worker.postMessage('close');
    });
    await this.#worker.terminate();
  }

  #schedule(): void {
    if (this.#inFlight || this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#send();
    });
  }

  #send(): void {
    if (this.#inFlight || this.#waiting.length === 0 || this.#broken) return;
    const batch = this.#takeBatch();
    this.#inFlight = batch;
    this.#worker.postMessage(batch.map((each) => each.op));
  }

  #takeBatch(): Waiting[] {
    let chars = 0;
    let count = 0;
    for (const { op } of this.#waiting) {
      chars += op.op === 'snapshot' ? op.state.length : op.records.length;
      if (count > 0 && (count >= MAX_BATCH_OPS || chars > MAX_BATCH_CHARS)) break;
      count += 1;
    }
    if (count < this.#waiting.length) return this.#waiting.splice(0, count);
    const all = this.#waiting;
    this.#waiting = [];
    return all;
  }

  #onAnswer(answer: WriterAnswer): void {
    if (answer.kind === 'closed') {
      this.#onClosed?.();
      return;
    }
    const done = this.#inFlight ?? [];
    this.#inFlight = null;
    this.#send();
    if (answer.kind === 'committed') {
      for (const [index, each] of done.entries()) each.resolve(answer.results[index] ?? 'conflict');
    } else if (answer.kind === 'failed') {
      const error = storageError(answer.failure);
      for (const each of done) each.reject(error);
    }
  }

  #break(message: string): void {
    if (this.#broken) return;
    const error = storageError({ full: false, message });
    this.#broken = error;
    for (const each of [...(this.#inFlight ?? []), ...this.#waiting]) each.reject(error);
    this.#inFlight = null;
    this.#waiting = [];
  }
}
