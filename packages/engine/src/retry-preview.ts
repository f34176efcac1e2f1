/** What retrying a whole run would take up and write. Pure; of one run, the runs it called are asked for theirs. */
import type { EpochMs, ErrorRecord, RunId } from '@waybill/flow-model';
import { assertNever } from '@waybill/flow-model';
import type { CompiledFlow, CompiledNode } from './compile-flow.ts';
import { effectKeyOf } from './effect-key.ts';
import { failedSteps } from './failed-steps.ts';
import { flowOrder } from './flow-order.ts';
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

/** What a retry does at one place of a run: a step, a write, or a run that it had called. */
export interface RetriedPlace {
  step: StepKey;
  failed?: RetriedStep;
  effect?: RetriedEffect;
  /** A called run that failed and goes on, or one that was cut short and is repeated. */
  called?: { runId: RunId; how: 'goes-on' | 'repeated' };
}

/** Of one run, in the order of its flow. */
export function retriedPlaces(compiled: CompiledFlow, state: RunState, now: EpochMs): RetriedPlace[] {
  const { runId } = state;
  const keys = failedSteps(compiled, state);
  const places: RetriedPlace[] = [];
  for (const key of keys) {
    const at = locate(compiled, state, key);
    if (!at?.step) continue;
    const { called, error } = at.step;
    if (called?.status === 'failed') places.push({ step: key, called: { runId: called.wait.runId, how: 'goes-on' } });
    else places.push({ step: key, failed: { runId, step: key, title: at.node.title, error } });
  }
  const undone = new Set(
    [...state.undone].flatMap(([effectKey, key]) => (isUndone(state, effectKey, key) ? [key] : [])),
  );
  const add = (step: StepKey, node: CompiledNode, judged: Pick<RetriedEffect, 'verdict' | 'why'>) => {
    const connection = Object.values(node.node.connections ?? {})[0] ?? null;
    places.push({ step, effect: { runId, step, title: node.title, connection, ...judged } });
  };
  for (const scope of scopesAround(compiled, state, keys)) {
    for (const node of scopeDefinition(compiled, scope).nodes) {
      const step = scope.prefix + node.id;
      const known = scope.steps.get(node.id);
      const isNew = !known || known.phase === 'cancelled';
      if (isNew && known?.called) places.push({ step, called: { runId: known.called.wait.runId, how: 'repeated' } });
      if (node.body) {
        if (isNew && !known?.body) for (const write of writesIn(node)) add(`${step}[0]/${write.id}`, write, unreached);
      } else if (node.effect === 'write' && !node.node.disabled) {
        const judged = verdict(node, known, undone.has(step), now);
        if (judged) add(step, node, judged);
      }
    }
  }
  const inOrder = flowOrder(compiled);
  return places.sort((a, b) => inOrder(a.step, b.step));
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
