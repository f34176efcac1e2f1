/** Node host of the victim: an outside system that remembers what was done to it, across kills of its caller. */
import type { ErrorRecord, JsonObject, JsonValue } from '@waybill/flow-model';
import type { NodeOutcome } from '@waybill/node-sdk';
import type { NodeHost, StepCall, StepResult } from '../ports/index.ts';
import { itemsPerFanOut } from './flows.ts';
import type { OutsideLog, Safety, Subject } from './outside-log.ts';
import { followOutside } from './outside-log.ts';

const TWO_HOURS_MS = 7_200_000;
/** Share of calls refused before anything happened. */
const REFUSED = 0.03;

export interface OutsideWorld extends NodeHost {
  /** What a person sees who looks whether it happened. */
  hasHappened(effectKey: string): boolean;
}

const refused: ErrorRecord = {
  code: 'SYSTEM_BUSY',
  what: 'The system is busy.',
  fix: 'Try again.',
  owner: 'provider',
  engine: 'retry',
  effect: 'none',
};

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.random() * 4));

export function outsideWorld(place: string, log: OutsideLog, now: () => number): OutsideWorld {
  const newLines = followOutside(place);
  const known = new Set<string>();
  /** Whether the system did this already, for whichever process. */
  const hasHappened = (effectKey: string): boolean => {
    if (known.has(effectKey)) return true;
    for (const line of newLines()) if (line.t === 'effect') known.add(line.key);
    return known.has(effectKey);
  };

  async function act(call: StepCall, safety: Safety): Promise<NodeOutcome | ErrorRecord | null> {
    const emitted = { port: 'out', value: call.scope.input };
    if (call.mode === 'probe') return hasHappened(call.effectKey) ? emitted : null;
    await pause();
    if (Math.random() < REFUSED) return refused;
    // A system that takes a key answers the second call without doing it again.
    if (safety === 'keyed' && hasHappened(call.effectKey)) return emitted;
    const { effectKey: key, runId: run, step } = call;
    await log.append({ t: 'effect', key, run, step, safety, subject: subjectOf(call.scope.input) });
    await pause();
    return emitted;
  }

  function think(call: StepCall): NodeOutcome {
    const value = call.scope.input;
    if (call.nodeType === 'test.each') {
      const items = Array.from({ length: itemsPerFanOut }, (_, index) => index);
      return { do: 'fan-out', items, concurrency: 20, onItemError: 'stop' };
    }
    if (call.step === 'pause') {
      const until = call.scope.run.flowId === 'later' ? now() + TWO_HOURS_MS : now() + Math.random() * 6;
      return { do: 'wait-timer', until: Math.round(until), port: 'out', value };
    }
    return { port: 'out', value };
  }

  const resultOf = (outcome: NodeOutcome | ErrorRecord | null): StepResult =>
    outcome !== null && 'code' in outcome
      ? { ok: false, error: outcome, log: [], tookMs: 1 }
      : { ok: true, outcome, params: {}, log: [], tookMs: 1 };

  return {
    hasHappened,
    async execute(call) {
      const safety = /^test\.(natural|keyed|probed|once)$/.exec(call.nodeType)?.[1] as Safety | undefined;
      return resultOf(safety ? await act(call, safety) : think(call));
    },
    async evaluate(expression, scope) {
      const value = expression.split('.').reduce<JsonValue>((at, name) => (at as JsonObject)[name] ?? null, scope);
      return { ok: true, value };
    },
  };
}

function subjectOf(input: JsonValue): Subject | null {
  const { key, n } = (input ?? {}) as { key?: string; n?: number };
  return key === undefined || n === undefined ? null : { key, n };
}
