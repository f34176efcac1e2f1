/** What retrying a whole run would take up and write. Pure; of one run, the runs it called are asked for theirs. */
import type { EpochMs, ErrorRecord, NodeId, RunId } from '@waybill/flow-model';
import { assertNever } from '@waybill/flow-model';
import type { CompiledFlow, CompiledNode } from './compile-flow.ts';
import { effectKeyOf } from './effect-key.ts';
import { failedSteps } from './failed-steps.ts';
import { flowOrder } from './flow-order.ts';
import { takeMessage, welcome } from './inbox.ts';
import type { StepKey } from './journal-record.ts';
import { remedyForLostOutcome } from './lost-outcome.ts';
import type { RunState, ScopeState, StepState } from './run-state.ts';
import { generationOf, iterationPrefix, locate, prefixOf, scopeDefinition, wishedBetween } from './run-state.ts';
import { snapshotOf, stateOf } from './snapshot.ts';

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
  /** Which item of which loop around it, counted from 1; empty outside of loops, and where it stands for all items. */
  items: number[];
  title: string;
  /** Role or connection. */
  connection: string | null;
  /** `new`: not written yet. `looked-for`: sent only if it is not found. `in-doubt`: a person is asked before it is sent. */
  verdict: 'skipped' | 'written-again' | 'new' | 'looked-for' | 'in-doubt';
  why: string;
}

export interface RetryPreview {
  steps: RetriedStep[];
  /** In the order of the flow, those of called runs where they were called. */
  effects: RetriedEffect[];
  /** What was not looked at, because there is too much of it: known writes, and called runs. */
  unread: { writes: number; runs: number };
}

/** What a retry does at one place of a run: a step, a write, or a run that it had called. */
export interface RetriedPlace {
  step: StepKey;
  failed?: RetriedStep;
  effect?: RetriedEffect;
  /**
   * A called run. `goes-on`: it failed. `repeated`: it was cut short. `left`: it is over and stays as it is. `replaced`: it is
   * over, and another one is called in its place.
   */
  called?: { runId: RunId; how: 'goes-on' | 'repeated' | 'left' | 'replaced' };
}

/** The run as it will stand right after a retry, to see what that forgets; the run itself stays as it is. */
export function afterRetry(compiled: CompiledFlow, state: RunState): RunState {
  const after = stateOf(snapshotOf(state));
  if (!after) return state;
  const message = { kind: 'retry-run', by: '', reason: '' } as const;
  if (welcome(compiled, after, message) !== 'ignored') takeMessage(compiled, after, message);
  return after;
}

/**
 * Of one run: what its state knows, which is neither iterations that are over nor called runs that ended well.
 * @param after the run as a retry leaves it.
 */
export function retriedPlaces(compiled: CompiledFlow, state: RunState, after: RunState, now: EpochMs): RetriedPlace[] {
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
    [...state.undone].flatMap(([effectKey, key]) => (standsUndone(state, effectKey, key) ? [key] : [])),
  );
  type Judged = Pick<RetriedEffect, 'verdict' | 'why'>;
  const add = (step: StepKey, node: CompiledNode, judged: Judged, items = itemsAround(compiled, step)) => {
    const connection = Object.values(node.node.connections ?? {})[0] ?? null;
    places.push({ step, effect: { runId, step, items, title: node.title, connection, ...judged } });
  };
  for (const scope of scopesAround(compiled, state, keys)) {
    for (const node of scopeDefinition(compiled, scope).nodes) {
      const step = scope.prefix + node.id;
      const known = scope.steps.get(node.id);
      const isNew = !known || known.phase === 'cancelled';
      if (isNew && known?.called) places.push({ step, called: { runId: known.called.wait.runId, how: 'repeated' } });
      if (node.body) {
        const items = itemsAround(compiled, step);
        if (isNew && !known?.body)
          for (const write of writesIn(node)) add(`${step}[0]/${write.id}`, write, unreached, items);
      } else if (node.effect === 'write' && !node.node.disabled) {
        const isRepeated = wishedBetween(state, after, step) > 0;
        const judged = verdict(node, known, { isUndone: undone.has(step), isRepeated }, now);
        if (judged) add(step, node, judged);
      }
    }
  }
  return places;
}

export function inFlowOrder(compiled: CompiledFlow, places: readonly RetriedPlace[]): RetriedPlace[] {
  const inOrder = flowOrder(compiled);
  return places.toSorted((a, b) => inOrder(a.step, b.step));
}

/** Which item of which loop a step belongs to, the outermost first, counted from 1. A group is no loop. */
export const itemsAround = (compiled: CompiledFlow, step: StepKey): number[] =>
  step
    .split('/')
    .slice(0, -1)
    .flatMap((part) => {
      const [, id, index] = /^(.*)\[(\d+)\]$/.exec(part) ?? [];
      return compiled.nodes.get(id as NodeId)?.manifest.container === 'each' ? [Number(index) + 1] : [];
    });

const unreached = { verdict: 'new', why: 'The run had not come to it.' } as const;

function verdict(
  node: CompiledNode,
  step: StepState | undefined,
  { isUndone, isRepeated }: { isUndone: boolean; isRepeated: boolean },
  now: EpochMs,
): Pick<RetriedEffect, 'verdict' | 'why'> | null {
  if (isUndone) return { verdict: 'new', why: 'It was taken back, so it is written anew.' };
  if (!step || step.phase === 'cancelled') return unreached;
  if (step.phase === 'succeeded' && isRepeated)
    return { verdict: 'written-again', why: 'What comes before it is done again, so it is written again.' };
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

/** The top level, and every iteration that a failed step is in; not those that their loop went on without. */
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
        if (state.scopes.get(within)?.givenUp && !body?.results[index]) take(within);
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
const standsUndone = (state: RunState, effectKey: string, key: StepKey): boolean =>
  effectKeyOf(state.runId, key, generationOf(state, key)) === effectKey;
