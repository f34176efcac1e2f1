import type { RunId } from '@waybill/flow-model';
import { FlowError } from '@waybill/flow-model';
import type { Clock } from './ports/index.ts';
import type { ReplayDesk } from './replay-desk.ts';
import type { RetriedEffect, RetryPreview } from './retry-preview.ts';
import { retryPreviewOf } from './retry-preview.ts';
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
    const { clock, look } = this.#ports;
    const preview: RetryPreview = { steps: [], effects: [], more: 0 };
    const asked = [runId];
    for (const one of asked) {
      const driver = await look(one);
      if (!driver) return one === runId ? null : preview;
      const found = retryPreviewOf(driver.compiled, driver.state, clock.now());
      preview.steps.push(...found.steps);
      preview.effects.push(...found.effects);
      asked.push(...found.called);
      for (const cut of found.cutShort) preview.effects.push(...(await this.#repeated(cut)));
    }
    const { steps, effects } = preview;
    const listed = effects.slice(0, PREVIEWED);
    return { steps: steps.slice(0, PREVIEWED), effects: listed, more: effects.length - listed.length };
  }

  /** Writes of a run that was cancelled with the step that called it, which a retry has repeated. */
  async #repeated(runId: RunId): Promise<RetriedEffect[]> {
    try {
      const { effects } = await this.#ports.replays.preview(runId, { effects: 'skip-confirmed' });
      return effects.map((effect) => ({ ...effect, runId }));
    } catch (error) {
      // It is still being cancelled, or never began: nothing is known of its writes.
      if (error instanceof FlowError) return [];
      throw error;
    }
  }
}
