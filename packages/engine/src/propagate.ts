/**
 * How the end of one step moves the rest of its scope: which steps become ready, which paths die,
 * when an iteration or a container is over. Part of the reducer: mutates the state it is given.
 */
import type { ErrorRecord, JsonValue } from '@waybill/flow-model';
import { ERROR_PORT } from '@waybill/flow-model';
import type { CompiledEdge, CompiledFlow, CompiledNode } from './compile-flow.ts';
import type { StepKey, StoredValue } from './journal-record.ts';
import type { BodyResult, ContainerState, Failure, RunState, ScopeState, StepState } from './run-state.ts';
import { iterationPrefix, newScopeState, nodeIdOf, prefixOf, rootScope, scopeDefinition } from './run-state.ts';
import { addStep, setPhase } from './step-phase.ts';
import { sizeBoundBytes } from './stored-value.ts';

export type EdgeState = 'undecided' | 'taken' | 'dead';

/** Derived from the step it leaves, so that there is nothing to keep in step with it. */
export function edgeState(scope: ScopeState, edge: CompiledEdge): EdgeState {
  const from = scope.steps.get(edge.from.id);
  if (!from) return 'undecided';
  if (from.port !== null) return from.port === edge.fromPort ? 'taken' : 'dead';
  return from.phase === 'skipped' ? 'dead' : 'undecided';
}

/** Opens the top level: the trigger that fired is ready, whatever nothing leads to is dead. */
export function openRoot(compiled: CompiledFlow, state: RunState): void {
  const scope = rootScope(state);
  const dead: CompiledNode[] = [];
  for (const node of compiled.root.nodes) {
    if (node.id === state.start.triggerNode) addStep(state, scope, node, 'ready');
    else if (node.isTrigger || node.incoming.length === 0) dead.push(node);
  }
  for (const node of dead) {
    if (scope.steps.has(node.id)) continue;
    addStep(state, scope, node, 'skipped');
    wakeSuccessors(state, scope, node);
  }
}

/** A step left by `port`. */
export function emit(
  compiled: CompiledFlow,
  state: RunState,
  scope: ScopeState,
  node: CompiledNode,
  step: StepState,
  outcome: { phase: 'succeeded' | 'failed' | 'skipped'; port: string; output: StoredValue },
): void {
  step.port = outcome.port;
  step.output = outcome.output;
  setPhase(state, scope, scope.prefix + node.id, step, outcome.phase);
  if (!step.body?.goesOnAlone) wakeSuccessors(state, scope, node);
  settleScope(compiled, state, scope);
}

/** A step failed for good: by its error port if that is wired, else its scope fails. */
export function fail(
  compiled: CompiledFlow,
  state: RunState,
  scope: ScopeState,
  node: CompiledNode,
  step: StepState,
  error: ErrorRecord,
): void {
  step.error = error;
  if (node.hasErrorRoute) {
    const output: StoredValue = { v: error as unknown as JsonValue };
    emit(compiled, state, scope, node, step, { phase: 'failed', port: ERROR_PORT, output });
    return;
  }
  const key = scope.prefix + node.id;
  setPhase(state, scope, key, step, 'failed');
  scope.failed ??= { step: key, error };
  cancelScope(compiled, state, scope);
  settleScope(compiled, state, scope);
}

/** Readies or kills what follows a decided node, and what follows those that died. */
export function wakeSuccessors(state: RunState, scope: ScopeState, from: CompiledNode): void {
  const decided = [from];
  for (let node = decided.pop(); node; node = decided.pop()) {
    for (const next of node.successors) {
      if (scope.steps.has(next.id)) continue;
      const verdict = joinVerdict(scope, next);
      if (verdict === 'undecided') continue;
      if (verdict === 'runs') {
        // Left undecided in a scope that was given up; reviving it looks again.
        if (!scope.givenUp) addStep(state, scope, next, 'ready');
      } else if (verdict === 'skipped') {
        addStep(state, scope, next, 'skipped');
        decided.push(next);
      }
    }
  }
}

export function joinVerdict(scope: ScopeState, node: CompiledNode): 'undecided' | 'runs' | 'skipped' {
  let taken = 0;
  for (const edge of node.incoming) {
    const edgeIs = edgeState(scope, edge);
    if (edgeIs === 'undecided') return 'undecided';
    if (edgeIs === 'taken') taken += 1;
  }
  const holds = node.join === 'all' ? taken === node.incoming.length : taken > 0;
  return holds ? 'runs' : 'skipped';
}

/** Opens iterations up to the container's concurrency; empty ones end at once, hence the loop. */
export function openIterations(state: RunState, scope: ScopeState, node: CompiledNode, step: StepState): void {
  const body = step.body;
  if (!body || step.phase !== 'entered') return;
  const key = scope.prefix + node.id;
  while (body.active < body.concurrency && body.next < body.count && !body.failed) {
    const iteration = newScopeState(iterationPrefix(key, body.next), key, body.next);
    body.next += 1;
    body.active += 1;
    state.scopes.set(iteration.prefix, iteration);
    openBody(state, iteration, node.body?.nodes ?? []);
    if (iteration.live === 0) endIteration(state, iteration, body, node);
  }
  if (body.active === 0) {
    if (state.reopened) body.failed ??= failureLeftIn(state, key, body);
    state.closing.add(key);
  }
}

/** After a retry of one iteration another may still stand failed. */
function failureLeftIn(state: RunState, key: StepKey, body: ContainerState): Failure | null {
  for (let index = 0; index < body.next; index += 1) {
    if (body.results[index]) continue;
    const failed = state.scopes.get(iterationPrefix(key, index))?.failed;
    if (failed) return failed;
  }
  return null;
}

/** After a retry of one step of a scope another may still stand failed. */
export function failureLeft(nodes: readonly CompiledNode[], scope: ScopeState): Failure | null {
  for (const node of nodes) {
    const step = scope.steps.get(node.id);
    if (step?.phase === 'failed' && step.port === null && step.error) {
      return { step: scope.prefix + node.id, error: step.error };
    }
  }
  return null;
}

function openBody(state: RunState, iteration: ScopeState, nodes: CompiledNode[]): void {
  for (const node of nodes) {
    if (iteration.steps.has(node.id) || node.incoming.length > 0) continue;
    addStep(state, iteration, node, node.isTrigger ? 'skipped' : 'ready');
    if (node.isTrigger) wakeSuccessors(state, iteration, node);
  }
}

/** Called whenever a step of the scope may have been its last. */
function settleScope(compiled: CompiledFlow, state: RunState, scope: ScopeState): void {
  if (scope.live > 0 || scope.container === null) return;
  const parent = state.scopes.get(prefixOf(scope.container));
  const node = compiled.nodes.get(nodeIdOf(scope.container));
  const step = node && parent?.steps.get(node.id);
  if (!parent || !node || !step?.body) return;
  if (step.phase !== 'entered') return;
  if (parent.givenUp) {
    // The container was given up with it and ends with its last iteration, which stays for a retry.
    step.body.active -= 1;
    if (step.body.active > 0) return;
    setPhase(state, parent, scope.container, step, 'cancelled');
    settleScope(compiled, state, parent);
    return;
  }
  endIteration(state, scope, step.body, node);
  openIterations(state, parent, node, step);
}

export function endIteration(state: RunState, scope: ScopeState, body: ContainerState, container: CompiledNode): void {
  body.active -= 1;
  if (state.reopened) scope.failed ??= failureLeft(container.body?.nodes ?? [], scope);
  if (scope.failed === null) {
    const result = resultOf(scope, container.body?.nodes ?? []);
    // With thousands of batches, only what is small can be handed on together.
    body.results[scope.index] = body.parts && !isSmall(result) ? { v: null } : result;
    // A finished iteration is its result: ten thousand of them would be the run's whole weight.
    state.scopes.delete(scope.prefix);
    state.entries -= scope.steps.size - 1;
  } else if (body.onItemError === 'continue') {
    body.results[scope.index] = { v: { error: scope.failed.error as unknown as JsonValue } };
  } else {
    body.failed ??= scope.failed;
  }
}

const SMALL_RESULT_BYTES = 2_048;
const isSmall = (result: BodyResult): boolean =>
  'v' in result && sizeBoundBytes(result.v, SMALL_RESULT_BYTES) <= SMALL_RESULT_BYTES;

/** What a finished scope yields: the outputs of the steps nothing took further. */
export function resultOf(scope: ScopeState, nodes: CompiledNode[]): BodyResult {
  const parts: Record<string, StoredValue> = {};
  for (const node of nodes) {
    const step = scope.steps.get(node.id);
    if (!step || step.port === null || step.output === null) continue;
    if (node.outgoing.some((edge) => edge.fromPort === step.port)) continue;
    parts[node.id] = step.output;
  }
  const outputs = Object.values(parts);
  if (outputs.length === 0) return { v: null };
  return outputs.length === 1 ? (outputs[0] as StoredValue) : { parts };
}

/**
 * Gives up what has not begun. Effects under way and effects in doubt stay live: what they did must
 * be known before the scope is over.
 */
export function cancelScope(compiled: CompiledFlow, state: RunState, scope: ScopeState): void {
  scope.givenUp = true;
  for (const node of scopeDefinition(compiled, scope).nodes) {
    const step = scope.steps.get(node.id);
    if (!step) continue;
    const key = scope.prefix + node.id;
    if (step.phase === 'ready' || step.phase === 'held') setPhase(state, scope, key, step, 'cancelled');
    else if (step.phase === 'waiting' && (step.wait?.kind !== 'in-doubt' || endsUnasked(state))) {
      setPhase(state, scope, key, step, 'cancelled');
    } else if (step.phase === 'entered' && step.body) cancelContainer(compiled, state, scope, key, step, step.body);
  }
}

/** A cancelled run leaves doubts open only where what happened is to be taken back. */
const endsUnasked = ({ cancelling }: RunState): boolean => cancelling !== null && !cancelling.undo;

function cancelContainer(
  compiled: CompiledFlow,
  state: RunState,
  scope: ScopeState,
  key: StepKey,
  step: StepState,
  body: ContainerState,
): void {
  state.closing.delete(key);
  const last = body.next;
  for (let index = 0; index < last; index += 1) {
    const iteration = state.scopes.get(iterationPrefix(key, index));
    if (!iteration || iteration.live === 0) continue;
    cancelScope(compiled, state, iteration);
    if (iteration.live === 0) body.active -= 1;
  }
  if (body.active === 0) setPhase(state, scope, key, step, 'cancelled');
}
