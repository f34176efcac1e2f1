import type { JournalRecord } from '@waybill/engine';
import type { RunSummary } from '@waybill/engine/ports';
import type { EpochMs, JsonValue } from '@waybill/flow-model';
import type { TestCase } from './test-case.ts';

/** Outcome of a decision that says: nobody decides, and the time runs out. */
export const EXPIRED = 'expired';

/** Last node of a step key: `perLine[3]/createTask` -> `createTask`. */
export const nodeOf = (step: string): string => step.split('/').at(-1) ?? step;

/** What a test does next: look on, jump in time, or take the run as it stands. */
export type Next = 'look on' | 'done' | { skipTo: EpochMs };

/** Follows one run until it ends or waits for something that the case does not provide. */
export class RunWatch {
  readonly outputs = new Map<string, JsonValue>();
  readonly skipped = new Set<string>();
  summary: RunSummary | null = null;
  readonly #case: Pick<TestCase, 'decisions' | 'expect'>;
  /** Round of each open task, by its step. */
  readonly #openTasks = new Map<string, number>();
  #retryAt: EpochMs | null = null;
  #changed: (() => void) | null = null;

  constructor(testCase: Pick<TestCase, 'decisions' | 'expect'>) {
    this.#case = testCase;
  }

  see(records: readonly JournalRecord[], summary: RunSummary): void {
    for (const record of records) this.#note(record);
    this.summary = summary;
    this.#changed?.();
  }

  #note(record: JournalRecord): void {
    switch (record.type) {
      case 'step-succeeded':
        this.skipped.delete(nodeOf(record.step));
        if ('v' in record.output) this.outputs.set(nodeOf(record.step), record.output.v);
        this.#openTasks.delete(record.step);
        break;
      case 'step-skipped':
        this.skipped.add(nodeOf(record.step));
        break;
      case 'step-failed':
        this.#retryAt = record.retryAt;
        this.#openTasks.delete(record.step);
        break;
      case 'wait-opened':
        if (record.wait.kind === 'task') this.#openTasks.set(record.step, record.wait.round ?? 0);
        break;
      case 'went-back':
        for (const { step } of record.sent) this.#openTasks.delete(step);
        break;
      default:
    }
  }

  next(): Next {
    const { summary } = this;
    if (!summary || summary.status === 'queued') return 'look on';
    const retries = summary.wakeAt !== null && summary.wakeAt === this.#retryAt;
    if (retries) return { skipTo: summary.wakeAt as EpochMs };
    if (summary.status === 'running') return 'look on';
    if (summary.status !== 'waiting') return 'done';
    const decisions = [...this.#openTasks].map(([step, round]) => this.#case.decisions[nodeOf(step)]?.[round]?.outcome);
    if (decisions.some((outcome) => outcome !== undefined && outcome !== EXPIRED)) return 'look on';
    const mayPass = decisions.length === 0 ? this.#case.expect.status !== 'waiting' : decisions.includes(EXPIRED);
    return mayPass && summary.wakeAt !== null ? { skipTo: summary.wakeAt } : 'done';
  }

  /** @param skip jumps in time. */
  async untilDone(skip: (at: EpochMs) => void): Promise<void> {
    for (;;) {
      const changed = new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
      const next = this.next();
      if (next === 'done') return;
      if (next !== 'look on') skip(next.skipTo);
      await changed;
    }
  }
}
