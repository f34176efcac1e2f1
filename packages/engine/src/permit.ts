/** Asking the governor whether a step may call its systems now. */
import type { EpochMs } from '@waybill/flow-model';
import type { CompiledFlow, CompiledNode } from './compile-flow.ts';
import type { StepKey, Wait } from './journal-record.ts';
import type { Admission, PermitRequest } from './ports/index.ts';
import type { RunState } from './run-state.ts';

/** A parked step is not asked for again at once, whatever the governor says. */
const SHORTEST_PARK_MS = 250;

/** The permit that an attempt needs, or null when it calls nothing that is limited. */
export function permitRequest(
  compiled: CompiledFlow,
  state: RunState,
  step: StepKey,
  node: CompiledNode,
): PermitRequest | null {
  if (node.connections.length === 0 || node.node.disabled) return null;
  if (state.start.mode === 'test' && compiled.flow.pins[node.id]) return null;
  return {
    connections: node.connections,
    lane: compiled.flow.settings.lane ?? 'normal',
    runId: state.runId,
    flowId: state.start.flowId,
    step,
    acceptedAt: state.acceptedAt,
  };
}

/**
 * The governor's answer, or null once the attempt was given up; a permit that comes later than that goes straight back.
 * @throws whatever the governor rejects with.
 */
export function untilAborted(answer: Promise<Admission>, signal: AbortSignal): Promise<Admission | null> {
  return new Promise((resolve, reject) => {
    const giveUp = () => resolve(null);
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    answer.then(
      (admission) => {
        signal.removeEventListener('abort', giveUp);
        if (signal.aborted && admission.granted) admission.release();
        resolve(signal.aborted ? null : admission);
      },
      (error: unknown) => (signal.aborted ? resolve(null) : reject(error)),
    );
  });
}

export const parkedUntil = ({ until }: Extract<Admission, { granted: false }>, now: EpochMs): EpochMs =>
  Math.max(until, now + SHORTEST_PARK_MS);

export function parkedWait(refused: Extract<Admission, { granted: false }>, now: EpochMs): Wait {
  const { connection, why } = refused;
  return { kind: 'parked', until: parkedUntil(refused, now), connection, why };
}
