/** What retrying a whole run would take up and write. Pure; of one run, the runs it called are asked for theirs. */
import type { EpochMs, ErrorRecord, RunId } from '@waybill/flow-model';
import { assertNever } from '@waybill/flow-model';
import type { CompiledFlow, CompiledNode } from './compile-flow.ts';
import { effectKeyOf } from './effect-key.ts';
import { failedSteps } from './failed-steps.ts';
import type { StepKey } from './journal-record.ts';
import { remedyForLostOutcome } from './lost-outcome.ts';
import type { RunState, ScopeState, StepState } from './run-state.ts';
import { generationOf, iterationPrefix, locate, prefixOf, scopeDefinition } from './run-state.ts';

/** A step that a retry takes up. */
export interface RetriedStep {
  runId: RunId;
  step: StepKey;
  title: string;
  error: ErrorRecord | null;
}

/** What a retry does with one write. */
export interface RetriedEffect {
  runId: RunId;
  step: StepKey;
  title: string;
  /** Role or connection. */
  connection: string | null;
  /** `new`: not written yet. `looked-for`: sent only if it is not found. `in-doubt`: a person is asked before it is sent. */
  verdict: 'skipped' | 'written-again' | 'new' | 'looked-for' | 'in-doubt';
  why: string;
}

export interface RetryPreview {
  steps: RetriedStep[];
  effects: RetriedEffect[];
  /** Writes beyond those listed. */
  more: number;
}

/** Of one run. `called` are the failed runs that go on with it, `cutShort` those it gave up and has repeated. */
export function retryPreviewOf(
  compiled: CompiledFlow,
  state: RunState,
  now: EpochMs,
): Omit<RetryPreview, 'more'> & { called: RunId[]; cutShort: RunId[] } {
  const { runId } = state;
  const keys = failedSteps(compiled, state);
  const steps: RetriedStep[] = [];
  const called: RunId[] = [];
  const cutShort: RunId[] = [];
  const effects: RetriedEffect[] = [];
  for (const key of keys) {
    const at = locate(compiled, state, key);
    if (!at?.step) continue;
    if (at.step.called?.status === 'failed') called.push(at.step.called.wait.runId);
    else steps.push({ runId, step: key, title: at.node.title, error: at.step.error });
  }
  const undone = new Set(
    [...state.undone].flatMap(([effectKey, key]) => (isUndone(state, effectKey, key) ? [key] : [])),
  );
  const add = (key: StepKey, node: CompiledNode, judged: Pick<RetriedEffect, 'verdict' | 'why'>) => {
    const connection = Object.values(node.node.connections ?? {})[0] ?? null;
    effects.push({ runId, step: key, title: node.title, connection, ...judged });
  };
  for (const scope of scopesAround(compiled, state, keys)) {
    for (const node of scopeDefinition(compiled, scope).nodes) {
      const key = scope.prefix + node.id;
      const step = scope.steps.get(node.id);
      if (step?.phase === 'cancelled' && step.called) cutShort.push(step.called.wait.runId);
      if (node.body && !step?.body) {
        if (!step || step.phase === 'cancelled')
          for (const write of writesIn(node)) add(`${key}[0]/${write.id}`, write, unreached);
      } else if (node.effect === 'write' && !node.node.disabled) {
        const judged = verdict(node, step, undone.has(key), now);
        if (judged) add(key, node, judged);
      }
    }
  }
  return { steps, effects, called, cutShort };
}

const unreached = { verdict: 'new', why: 'The run had not come to it.' } as const;

function verdict(
  node: CompiledNode,
  step: StepState | undefined,
  isUndoneNow: boolean,
  now: EpochMs,
): Pick<RetriedEffect, 'verdict' | 'why'> | null {
  if (isUndoneNow) return { verdict: 'new', why: 'It was taken back, so it is written anew.' };
  if (!step || step.phase === 'cancelled') return unreached;
  if (step.phase === 'succeeded') return { verdict: 'skipped', why: 'It was written and stays as it is.' };
  if (step.phase !== 'failed' || step.port !== null) return null;
  if (!step.unknown) return { verdict: 'new', why: 'It failed before anything was written.' };
  const remedy = remedyForLostOutcome(node, step, now);
  switch (remedy) {
    case 'send-again':
      return {
        verdict: 'written-again',
        why:
          node.idempotency?.how === 'key'
            ? 'It may have been written. It is sent under the same key, by which the system knows it.'
            : 'It may have been written. Writing it twice changes nothing.',
      };
    case 'probe':
      return { verdict: 'looked-for', why: 'It may have been written. It is looked for, and sent if it is not there.' };
    case 'ask':
      return { verdict: 'in-doubt', why: 'It may have been written. A person is asked before it is sent.' };
    default:
      return assertNever(remedy);
  }
}

/** The top level, and every iteration that a failed step is in. */
function scopesAround(compiled: CompiledFlow, state: RunState, keys: readonly StepKey[]): ScopeState[] {
  const found = new Map<string, ScopeState>();
  const take = (prefix: string) => {
    const scope = state.scopes.get(prefix);
    if (!scope || found.has(prefix)) return;
    found.set(prefix, scope);
    for (const node of scopeDefinition(compiled, scope).nodes) {
      const body = scope.steps.get(node.id)?.body;
      for (let index = 0; index < (body?.next ?? 0); index += 1) {
        const within = iterationPrefix(prefix + node.id, index);
        if (state.scopes.get(within)?.givenUp) take(within);
      }
    }
  };
  take('');
  for (const key of keys) take(prefixOf(key));
  return [...found.values()];
}

const writesIn = (node: CompiledNode): CompiledNode[] =>
  (node.body?.nodes ?? []).flatMap((inner) =>
    inner.body ? writesIn(inner) : inner.effect === 'write' && !inner.node.disabled ? [inner] : [],
  );

/** Not sent again since, under a key of its own. */
const isUndone = (state: RunState, effectKey: string, key: StepKey): boolean =>
  effectKeyOf(state.runId, key, generationOf(state, key)) === effectKey;
