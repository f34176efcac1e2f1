import type { RunId } from '@waybill/flow-model';
import { FlowError } from '@waybill/flow-model';
import type { Clock } from './ports/index.ts';
import type { ReplayDesk } from './replay-desk.ts';
import type { RetriedEffect, RetriedStep, RetryPreview } from './retry-preview.ts';
import { retriedPlaces } from './retry-preview.ts';
import type { RunDriver } from './run-driver.ts';

/** Steps and writes that a preview of a retry names. */
const PREVIEWED = 500;

interface RetryPorts {
  clock: Clock;
  replays: ReplayDesk;
  /** The run as it stands; looking must not start anything. */
  look(runId: RunId): Promise<RunDriver | null>;
}

/** Says before a run is retried as a whole what that would do, in the runs it called as well. */
export class RetryDesk {
  readonly #ports: RetryPorts;

  constructor(ports: RetryPorts) {
    this.#ports = ports;
  }

  /** Null without such a run. */
  async preview(runId: RunId): Promise<RetryPreview | null> {
    const steps: RetriedStep[] = [];
    const effects: RetriedEffect[] = [];
    if (!(await this.#collect(runId, steps, effects))) return null;
    const listed = effects.slice(0, PREVIEWED);
    return { steps: steps.slice(0, PREVIEWED), effects: listed, more: effects.length - listed.length };
  }

  /** Through the runs it called, each where it was called. */
  async #collect(runId: RunId, steps: RetriedStep[], effects: RetriedEffect[]): Promise<boolean> {
    const { clock, look } = this.#ports;
    const driver = await look(runId);
    if (!driver) return false;
    for (const { failed, effect, called } of retriedPlaces(driver.compiled, driver.state, clock.now())) {
      if (failed) steps.push(failed);
      if (effect) effects.push(effect);
      if (called?.how === 'goes-on') await this.#collect(called.runId, steps, effects);
      else if (called) effects.push(...(await this.#repeated(called.runId)));
    }
    return true;
  }

  /** Writes of a run that was cancelled with the step that called it, which a retry has repeated. */
  async #repeated(runId: RunId): Promise<RetriedEffect[]> {
    try {
      const { effects } = await this.#ports.replays.preview(runId, { effects: 'skip-confirmed' });
      return effects.map((effect) => ({ runId, ...effect }));
    } catch (error) {
      // It is still being cancelled, or never began: nothing is known of its writes.
      if (error instanceof FlowError) return [];
      throw error;
    }
  }
}
