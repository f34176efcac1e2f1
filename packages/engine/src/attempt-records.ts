/** The records that a finished attempt leaves. Pure; values are stored before. */
import type { EpochMs, ErrorRecord, JsonValue } from '@waybill/flow-model';
import type { CompiledNode } from './compile-flow.ts';
import { doubt } from './decide.ts';
import type { JournalRecord, LogLine, RecordCounts, StepKey, StoredValue } from './journal-record.ts';
import { mayHaveHappened } from './reduce.ts';
import { isThrottled, retryDelayMs, throttleDelayMs } from './retry-policy.ts';
import type { RunState, StepState } from './run-state.ts';

/** What every outcome record says of its attempt. */
export interface AttemptFacts {
  step: StepKey;
  attempt: number;
  startedAt: EpochMs;
  input?: StoredValue;
  params?: StoredValue;
  log?: LogLine[];
  records?: RecordCounts;
}

/** How many records a step sent and how many of them were refused; nothing where its node does not answer one by one. */
export function recordCounts({ manifest }: CompiledNode, value: JsonValue): { records?: RecordCounts } {
  if (manifest.resultsOf === undefined || typeof value !== 'object' || value === null || Array.isArray(value))
    return {};
  const { results } = value;
  if (!Array.isArray(results)) return {};
  const isRefused = (result: JsonValue) =>
    typeof result === 'object' && result !== null && !Array.isArray(result) && result['success'] === false;
  return { records: { sent: results.length, refused: results.filter(isRefused).length } };
}

export const succeeded = (facts: AttemptFacts, at: EpochMs, port: string, output: StoredValue): JournalRecord => ({
  at,
  type: 'step-succeeded',
  ...facts,
  port,
  output,
});

/**
 * A failed attempt: repeated later, in doubt, or final. A write that nobody can look for and that may
 * have happened is never repeated unasked.
 */
export function failedAttempt(
  state: RunState,
  node: CompiledNode,
  step: StepState,
  facts: AttemptFacts,
  error: ErrorRecord,
  now: EpochMs,
  mode: 'run' | 'probe' = 'run',
): JournalRecord {
  const seed = `${state.runId}\n${facts.step}\n${facts.attempt}`;
  const looked = mode === 'probe' ? { looked: true as const } : {};
  if (node.retry !== null && isThrottled(error)) {
    const seedNow = `${seed}\n${step.throttles}`;
    const delayMs = throttleDelayMs(error, step.throttles + 1, step.throttledSince ?? now, now, seedNow);
    const retry = delayMs === null ? { retryAt: null } : { retryAt: now + delayMs, throttled: true as const };
    return { at: now, type: 'step-failed', ...facts, error, ...retry, ...looked };
  }
  const uncertain = mayHaveHappened(node.effect, error);
  if (uncertain && error.engine === 'retry' && node.idempotency?.how === 'none') {
    return doubt(state, facts.step, step, now, error);
  }
  const delayMs = retryDelayMs(node.retry, error, step.failures + 1, seed);
  // A write that is looked for again needs the time until the other side can show it.
  const lagMs = uncertain && node.idempotency?.how === 'probe' ? node.idempotency.lagMs : 0;
  const retryAt = delayMs === null ? null : now + Math.max(delayMs, lagMs);
  return { at: now, type: 'step-failed', ...facts, error, retryAt, ...looked };
}
