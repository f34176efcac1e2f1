/**
 * The near side of the writer thread. What a turn of the event loop wants written is one message, and a long turn sends
 * several, so that the writer need not idle while the turn goes on. The writer commits together what has come to it
 * meanwhile. No timer, so an idle journal commits at once and a busy one commits many runs together.
 */
import { Worker } from 'node:worker_threads';
import type { SqlValue } from './run-row.ts';
import { storageError } from './storage-error.ts';
import type { WriteOp, WriteResult, WriterAnswer, WriterMessage, WriterOptions } from './writer-protocol.ts';

/** As many as this need not wait for the end of the turn. */
const EARLY_OPS = 64;

interface Waiting {
  resolve: (result: WriteResult) => void;
  reject: (error: Error) => void;
}

export class GroupWriter {
  readonly #worker: Worker;
  /** Not sent yet. */
  #message: SqlValue[] = [];
  #unsent: Waiting[] = [];
  /** Not answered yet, by message. */
  readonly #sent: Waiting[][] = [];
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
      for (const value of op) this.#message.push(value);
      this.#unsent.push({ resolve, reject });
      if (this.#unsent.length >= EARLY_OPS) this.#send();
      else this.#schedule();
    });
  }

  /** Writes what is left, then ends the thread. */
  async close(): Promise<void> {
    while (this.#unsent.length + this.#sent.length > 0 && !this.#broken) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (this.#broken) return;
    this.#broken = storageError({ full: false, message: 'the journal is closed' });
    await new Promise<void>((resolve) => {
      this.#onClosed = resolve;
      this.#post('close');
    });
    await this.#worker.terminate();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#send();
    });
  }

  #send(): void {
    if (this.#unsent.length === 0 || this.#broken) return;
    const message = this.#message;
    this.#sent.push(this.#unsent);
    this.#message = [];
    this.#unsent = [];
    this.#post(message);
  }

  #post(message: WriterMessage): void {
    this.#worker.postMessage(message);
  }

  #onAnswer(answer: WriterAnswer): void {
    if (answer.kind === 'closed') {
      this.#onClosed?.();
    } else if (answer.kind === 'committed') {
      const { messages, others } = answer;
      const done = this.#sent.splice(0, messages).flat();
      for (const [place, each] of done.entries()) each.resolve(others?.get(place) ?? 'ok');
    } else if (answer.kind === 'failed') {
      const error = storageError(answer.failure);
      for (const each of this.#sent.splice(0, answer.messages).flat()) each.reject(error);
    }
  }

  #break(message: string): void {
    if (this.#broken) return;
    const error = storageError({ full: false, message });
    this.#broken = error;
    for (const each of [...this.#sent.splice(0).flat(), ...this.#unsent]) each.reject(error);
    this.#message = [];
    this.#unsent = [];
  }
}
