import type { RunId } from '@waybill/flow-model';
import { flowError } from '@waybill/flow-model';
import type { ActiveRuns } from './active-runs.ts';
import type { CalledRuns } from './called-runs.ts';
import type { Engine } from './engine.ts';
import type { InboxMessage } from './journal-record.ts';
import type { Journal } from './ports/index.ts';
import type { Repeats } from './repeats.ts';
import { rootOf } from './repeats.ts';
import type { ReplayDesk } from './replay-desk.ts';
import type { RunDriver } from './run-driver.ts';
import { writtenBefore } from './written-before.ts';

interface MessagePorts {
  runs: ActiveRuns;
  called: CalledRuns;
  repeats: Repeats;
  replays: ReplayDesk;
  journal: Pick<Journal, 'read'>;
}

/** What reaches runs from outside. */
export class MessageDesk {
  readonly #ports: MessagePorts;

  constructor(ports: MessagePorts) {
    this.#ports = ports;
  }

  /**
   * @throws {FlowError} RUN_REPEATED where a run that is over would go on although a newer one repeats it; REPLAY_UNDER_WAY
   * while another one that repeats the same is not over.
   */
  async deliver(runId: RunId, key: string, message: InboxMessage): ReturnType<Engine['deliver']> {
    const { runs, repeats } = this.#ports;
    const driver = await runs.load(runId);
    if (!driver) return 'unknown-run';
    const send = () => this.#send(runId, key, message);
    return driver.wouldGoOn(key, message) ? repeats.inTurn(rootOf(driver.state), send) : send();
  }

  async #send(runId: RunId, key: string, message: InboxMessage): ReturnType<Engine['deliver']> {
    const { runs } = this.#ports;
    for (;;) {
      const driver = await runs.load(runId);
      if (!driver) return 'unknown-run';
      if (driver.isStalled) throw stalledError();
      const goesOn = driver.wouldGoOn(key, message);
      const answer = await driver.deliver(key, goesOn ? await this.#beforeItGoesOn(driver, key, message) : message);
      if (answer !== 'conflict') {
        driver.advance();
        // Called up from the journal when its turn comes; nothing of it stays in memory.
        if (driver.isQueued && driver.isIdle && runs.get(runId) === driver) runs.remove(runId);
        return answer;
      }
    }
  }

  /** @returns the message with all that the run has to know to go on. */
  async #beforeItGoesOn(driver: RunDriver, key: string, message: InboxMessage): Promise<InboxMessage> {
    const { called, journal, repeats, replays } = this.#ports;
    const { runId, start } = driver.state;
    // Taking back what this very run wrote sends nothing that another one wrote.
    if (message.kind !== 'undo') await repeats.refuseOlder(driver.state);
    await repeats.refuseBeside(driver.state);
    driver.replayPlan ??= await replays.plan(runId, start, driver.compiled);
    if (driver.wouldReopen(key, message)) await called.reopenCaller(driver.state, key, message);
    if (message.kind !== 'retry-run' && message.kind !== 'retry-step') return message;
    const { undone } = driver.state;
    if (undone.size > 0) driver.before = await writtenBefore(journal, driver.compiled, driver.state);
    const gone = await replays.gone(driver.state);
    return gone.length > 0 ? { ...message, gone } : message;
  }
}

const stalledError = () =>
  flowError('STORAGE_FULL', {
    what: 'The store cannot be written at the moment.',
    fix: 'Free space on the data disk; the run goes on by itself.',
    owner: 'engine',
    engine: 'retry',
    effect: 'none',
  });
