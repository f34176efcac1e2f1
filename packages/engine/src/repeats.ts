/** Which runs repeat each other: the first of them, and all that were made of it, in whatever order. */
import type { RunId } from '@waybill/flow-model';
import { flowError } from '@waybill/flow-model';
import type { RunStart } from './journal-record.ts';
import type { Journal, RunSummary } from './ports/index.ts';
import { finalRunStatuses, standWords } from './run-status.ts';

/** Of the same run that are looked at; what earlier ones wrote counts as new. */
const MOST = 50;

/** The first of the runs that repeat each other. */
export const rootOf = ({ runId, start }: { runId: RunId; start: RunStart }): RunId => start.replay?.root ?? runId;

export class Repeats {
  readonly #journal: Pick<Journal, 'list' | 'summary'>;
  readonly #turns = new Map<RunId, Promise<unknown>>();

  constructor(journal: Pick<Journal, 'list' | 'summary'>) {
    this.#journal = journal;
  }

  /** One act at a time on runs that repeat each other: what it decides by holds until it is done. */
  async inTurn<T>(root: RunId, act: () => Promise<T>): Promise<T> {
    const turn = Promise.allSettled([this.#turns.get(root)]).then(act);
    this.#turns.set(root, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(root) === turn) this.#turns.delete(root);
    }
  }

  /** All of them, the newest first. */
  async of(root: RunId): Promise<RunId[]> {
    return [...(await this.#made(root, MOST)).map(({ runId }) => runId), root];
  }

  /**
   * One of them that is not over: two that are under way would not know what the other one writes.
   * @param isOther leaves out the run that asks.
   */
  async underWay(root: RunId, isOther: (run: RunSummary) => boolean = () => true): Promise<RunSummary | null> {
    const isUnderWay = (run: RunSummary) =>
      !finalRunStatuses.includes(run.status) && run.status !== 'quarantined' && isOther(run);
    const found = (await this.#made(root, MOST)).find(isUnderWay) ?? (await this.#journal.summary(root));
    return found && isUnderWay(found) ? found : null;
  }

  /**
   * @param dedupeKey of the start that is about to be made: the run that has it is no other.
   * @throws {FlowError} REPLAY_UNDER_WAY
   */
  async refuseWhileUnderWay(root: RunId, dedupeKey: string | undefined): Promise<void> {
    const found = await this.underWay(root, (run) => dedupeKey === undefined || run.dedupeKey !== dedupeKey);
    if (found) throw underWay(found);
  }

  /**
   * A run that is over goes on, or takes back what it wrote, alone.
   * @throws {FlowError} REPLAY_UNDER_WAY
   */
  async refuseBeside(run: { runId: RunId; start: RunStart }): Promise<void> {
    const found = await this.underWay(rootOf(run), ({ runId }) => runId !== run.runId);
    if (found) throw underWay(found);
  }

  /**
   * A run that is over may go on only while none repeats it: what that one wrote, this one would write once more.
   * @throws {FlowError} RUN_REPEATED
   */
  async refuseOlder(run: { runId: RunId; start: RunStart }): Promise<void> {
    const [newest] = await this.#made(rootOf(run), 1);
    if (newest && newest.runId !== run.runId) throw repeated(newest);
  }

  async #made(replayRoot: RunId, limit: number): Promise<RunSummary[]> {
    return (await this.#journal.list({ filter: { replayRoot }, limit })).runs;
  }
}

const underWay = ({ runId, status }: RunSummary) =>
  flowError('REPLAY_UNDER_WAY', {
    what: `It is under way already: run ${runId} does the same and ${standWords[status]}.`,
    fix: 'Wait for the end of that run, or cancel it. What it wrote is then not written again.',
    owner: 'user',
    engine: 'stop',
  });

const repeated = ({ runId: newest, status }: RunSummary) =>
  flowError('RUN_REPEATED', {
    what: `This run does not go on, because run ${newest} repeats it. That one ${standWords[status]}.`,
    fix: 'Go on with that run, or repeat this one once more: what any of them wrote is then not written again.',
    owner: 'user',
    engine: 'stop',
  });
