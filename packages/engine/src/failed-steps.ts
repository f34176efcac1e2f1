/** Which failures keep a run from success. Pure. */
import type { CompiledFlow } from './compile-flow.ts';
import type { StepKey } from './journal-record.ts';
import type { RunState, ScopeState, StepState } from './run-state.ts';
import { iterationPrefix, locate, rootScope, scopeDefinition } from './run-state.ts';

/** Nothing handles it: neither an error route nor the container around it. */
const isUnhandled = (step: StepState): boolean => step.phase === 'failed' && step.port === null;

/**
 * The steps that a retry of the whole run takes up: every failure that nothing handled, in parallel branches and in all
 * iterations; of a container its innermost steps. Items that a loop went on without are not among them.
 */
export function failedSteps(compiled: CompiledFlow, state: RunState): StepKey[] {
  return failedIn(compiled, state, rootScope(state));
}

function failedIn(compiled: CompiledFlow, state: RunState, scope: ScopeState): StepKey[] {
  return scopeDefinition(compiled, scope).nodes.flatMap((node): StepKey[] => {
    const step = scope.steps.get(node.id);
    if (!step) return [];
    const key = scope.prefix + node.id;
    const mayGoOn = isUnhandled(step) || step.phase === 'cancelled';
    const within = step.body && mayGoOn ? failedWithin(compiled, state, key, step) : [];
    if (within.length > 0) return within;
    return isUnhandled(step) ? [key] : [];
  });
}

function failedWithin(compiled: CompiledFlow, state: RunState, container: StepKey, { body }: StepState): StepKey[] {
  const failed: StepKey[] = [];
  for (let index = 0; index < (body?.next ?? 0); index += 1) {
    const iteration = state.scopes.get(iterationPrefix(container, index));
    if (iteration && !body?.results[index]) failed.push(...failedIn(compiled, state, iteration));
  }
  return failed;
}

/** Whether the run still stands failed over this step: nothing around it went on without it. */
export function standsFailed(compiled: CompiledFlow, state: RunState, key: StepKey): boolean {
  const found = locate(compiled, state, key);
  if (!found?.step || !isUnhandled(found.step)) return false;
  for (let { scope } = found; scope.container !== null; ) {
    const outer = locate(compiled, state, scope.container);
    if (!outer?.step?.body || outer.step.body.results[scope.index] || outer.step.port !== null) return false;
    scope = outer.scope;
  }
  return true;
}

/** The step that called this run and failed because the run did. */
export function failedCallerOf(compiled: CompiledFlow, state: RunState, runId: string): StepKey | null {
  for (const scope of state.scopes.values()) {
    for (const [nodeId, step] of scope.steps) {
      const key = scope.prefix + nodeId;
      if (step.called?.wait.runId === runId && standsFailed(compiled, state, key)) return key;
    }
  }
  return null;
}
