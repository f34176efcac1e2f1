/** Opening a run again at one step. Part of the reducer: mutates the state it is given. */
import type { CompiledFlow, CompiledNode } from './compile-flow.ts';
import { effectKeyOf } from './effect-key.ts';
import { downstreamNodes } from './going-back.ts';
import type { JournalRecord, StepKey, Wait } from './journal-record.ts';
import { endIteration, joinVerdict, openIterations, wakeSuccessors } from './propagate.ts';
import type { ContainerState, RunState, ScopeState, StepState } from './run-state.ts';
import { generationOf, iterationPrefix, locate, prefixOf, scopeDefinition } from './run-state.ts';
import { addStep, beginWait, setPhase } from './step-phase.ts';

/**
 * Whether a person may run this step again: it ended, or the run gave it up. Steps under way and
 * waits are not repeated; a wait ends by its own message.
 */
export const canReset = (step: StepState | undefined): boolean =>
  step !== undefined &&
  (step.phase === 'failed' || step.phase === 'skipped' || step.phase === 'succeeded' || step.phase === 'held');

/**
 * Makes a step ready again and forgets all that followed from it, up to the top level. A step that had
 * succeeded gets a new generation, so that its effect is a new one; one that had not keeps its key.
 */
export function resetStep(
  compiled: CompiledFlow,
  state: RunState,
  key: StepKey,
  repeat: Repeat = 'wished',
): StepState | null {
  const found = locate(compiled, state, key);
  if (!found?.step) return null;
  const { scope, node } = found;
  state.reopened = true;
  forgetDownstream(compiled, state, scope, node, repeat);
  const fresh = replaceStep(compiled, state, scope, node, found.step, repeat);
  reviveAround(compiled, state, scope, repeat);
  return fresh;
}

/**
 * Has a step that failed with the run it called wait for that same run once more, which goes on where it failed: what it
 * wrote stands.
 * @param again asks that the called run be taken up; absent: it was, by a person.
 */
export function waitAgain(
  compiled: CompiledFlow,
  state: RunState,
  key: StepKey,
  again: Extract<Wait, { kind: 'child' }>['again'],
): void {
  const called = locate(compiled, state, key)?.step?.called;
  const generation = state.generations.get(key);
  const step = called && resetStep(compiled, state, key);
  const at = step && locate(compiled, state, key);
  if (!at) return;
  // The same run answers, so its id stays in use.
  if (generation === undefined) state.generations.delete(key);
  else state.generations.set(key, generation);
  const { again: _before, ...wait } = called.wait;
  beginWait(state, { scope: at.scope, key, step }, again ? { ...wait, again } : wait);
  step.waitingSince = state.updatedAt;
  step.usedWait = true;
  // It may end just as it did before.
  for (const known of state.inboxKeys) if (known.startsWith(`child:${wait.runId}:`)) state.inboxKeys.delete(known);
}

/**
 * Takes the run back to an earlier step of a scope that is under way: what followed from it is forgotten, and the tasks
 * that asked for it are over until their steps ask again. Nothing that is forgotten is under way (`goingBack`).
 */
export function goBack(
  compiled: CompiledFlow,
  state: RunState,
  { to, sent }: Extract<JournalRecord, { type: 'went-back' }>,
): void {
  for (const { step: key, to: corrected, taskId, round, corrections } of sent) {
    const asked = locate(compiled, state, key);
    if (asked?.step?.phase !== 'waiting') continue;
    const { wait } = asked.step;
    const until = wait?.kind === 'task' && wait.until !== undefined ? { until: wait.until } : {};
    state.returns.set(key, { taskId, round: round + 1, ...until });
    if (corrections.length > 0)
      state.corrections.set(corrected, [...(state.corrections.get(corrected) ?? []), ...corrections]);
    setPhase(state, asked.scope, key, asked.step, 'succeeded');
  }
  const at = locate(compiled, state, to);
  if (!at?.step) return;
  forgetDownstream(compiled, state, at.scope, at.node, 'back');
  replaceStep(compiled, state, at.scope, at.node, at.step, 'back');
}

/**
 * Who has a step repeated: a person, whose wish makes its effect a new one, or a run that went back or does anew what was
 * taken back, which leaves alone what is there with the same data.
 */
type Repeat = 'wished' | 'back';

function replaceStep(
  compiled: CompiledFlow,
  state: RunState,
  scope: ScopeState,
  node: CompiledNode,
  old: StepState,
  repeat: Repeat = 'wished',
): StepState {
  forgetStep(compiled, state, scope, node, old, repeat);
  const fresh = addStep(state, scope, node, 'ready');
  fresh.attempt = old.attempt;
  if (old.phase !== 'succeeded') {
    fresh.intentAt = old.intentAt;
    fresh.unknown = old.unknown;
    fresh.called = old.called;
    if (old.editedParams) fresh.editedParams = old.editedParams;
  }
  return fresh;
}

/** Removes a step and everything inside it. */
function forgetStep(
  compiled: CompiledFlow,
  state: RunState,
  scope: ScopeState,
  node: CompiledNode,
  step: StepState,
  repeat: Repeat,
): void {
  const key = scope.prefix + node.id;
  const usedItsKey = step.phase === 'succeeded' || step.usedWait;
  if (usedItsKey && !step.body) bump(state, key, repeat);
  if (step.body) forgetIterations(compiled, state, key, step.body.next, repeat);
  state.undos.delete(key);
  state.closing.delete(key);
  state.refused.delete(key);
  // Through `cancelled`, so that an open wait is ended and the indices stay right.
  const { phase } = step;
  setPhase(state, scope, key, step, 'cancelled');
  step.phase = phase;
  scope.steps.delete(node.id);
  state.entries -= 1;
}

/** Iterations that ended are gone but for their result: all they did was confirmed. */
function forgetIterations(
  compiled: CompiledFlow,
  state: RunState,
  container: StepKey,
  count: number,
  repeat: Repeat,
): void {
  for (const step of state.refused.keys()) if (step.startsWith(`${container}[`)) state.refused.delete(step);
  for (let index = 0; index < count; index += 1) {
    const prefix = iterationPrefix(container, index);
    const iteration = state.scopes.get(prefix);
    if (!iteration) {
      bump(state, prefix, repeat);
      continue;
    }
    for (const node of scopeDefinition(compiled, iteration).nodes) {
      const step = iteration.steps.get(node.id);
      if (step) forgetStep(compiled, state, iteration, node, step, repeat);
    }
    state.scopes.delete(prefix);
  }
}

function bump(state: RunState, keyOrPrefix: string, repeat: Repeat): void {
  state.generations.set(keyOrPrefix, (state.generations.get(keyOrPrefix) ?? 0) + 1);
  if (repeat === 'back') {
    state.back.set(keyOrPrefix, (state.back.get(keyOrPrefix) ?? 0) + 1);
    return;
  }
  state.back.delete(keyOrPrefix);
  if (!keyOrPrefix.endsWith('/')) return;
  for (const known of state.back.keys()) if (known.startsWith(keyOrPrefix)) state.back.delete(known);
}

function forgetDownstream(
  compiled: CompiledFlow,
  state: RunState,
  scope: ScopeState,
  from: CompiledNode,
  repeat: Repeat = 'wished',
): void {
  for (const node of downstreamNodes(from)) {
    const step = scope.steps.get(node.id);
    if (step) forgetStep(compiled, state, scope, node, step, repeat);
  }
}

/** Lets the scope of a reset step live again, and every container around it. */
function reviveAround(compiled: CompiledFlow, state: RunState, scope: ScopeState, repeat: Repeat): void {
  if (scope.container !== null) {
    const outer = locate(compiled, state, scope.container);
    if (outer?.step?.body) {
      const { body } = outer.step;
      if (!body.goesOnAlone || scope.index < body.own) {
        forgetDownstream(compiled, state, outer.scope, outer.node, repeat);
        body.goesOnAlone = false;
      }
      const wasActive = outer.step.phase === 'entered' && scope.failed === null && !scope.givenUp;
      if (!wasActive) body.active += 1;
      body.results[scope.index] = null;
      body.failed = null;
      outer.step.port = null;
      outer.step.output = null;
      outer.step.error = null;
      state.closing.delete(scope.container);
      // Should it fail again, what it does now is taken back by a plan of its own.
      state.undos.delete(scope.container);
      const wasGivenUp = outer.step.phase === 'cancelled';
      if (outer.step.phase !== 'entered') setPhase(state, outer.scope, scope.container, outer.step, 'entered');
      reviveScope(compiled, state, scope);
      reviveAround(compiled, state, outer.scope, repeat);
      if (wasGivenUp) reviveIterations(compiled, state, scope.container, outer.node, body);
      return;
    }
  }
  reviveScope(compiled, state, scope);
}

/** What was given up in it may start again. */
function reviveScope(compiled: CompiledFlow, state: RunState, scope: ScopeState): void {
  scope.failed = null;
  if (!scope.givenUp) return;
  scope.givenUp = false;
  for (const node of scopeDefinition(compiled, scope).nodes) {
    const step = scope.steps.get(node.id);
    if (step?.phase === 'cancelled') {
      if (step.body) reviveContainer(compiled, state, scope, node, step);
      else replaceStep(compiled, state, scope, node, step);
    } else if (!step && node.incoming.length > 0) {
      const verdict = joinVerdict(scope, node);
      if (verdict === 'undecided') continue;
      addStep(state, scope, node, verdict === 'runs' ? 'ready' : 'skipped');
      if (verdict === 'skipped') wakeSuccessors(state, scope, node);
    }
  }
}

function reviveContainer(
  compiled: CompiledFlow,
  state: RunState,
  scope: ScopeState,
  node: CompiledNode,
  step: StepState,
): void {
  const body = step.body;
  if (!body) return;
  const key = scope.prefix + node.id;
  setPhase(state, scope, key, step, 'entered');
  reviveIterations(compiled, state, key, node, body);
  openIterations(state, scope, node, step);
}

/** Iterations that were cut short beside what failed go on; those that failed themselves wait to be retried. */
function reviveIterations(
  compiled: CompiledFlow,
  state: RunState,
  key: StepKey,
  node: CompiledNode,
  body: ContainerState,
): void {
  for (let index = 0; index < body.next; index += 1) {
    const iteration = state.scopes.get(iterationPrefix(key, index));
    if (!iteration || body.results[index]) continue;
    const alreadyActive = iteration.live > 0;
    if (iteration.failed && !alreadyActive) continue;
    reviveScope(compiled, state, iteration);
    if (!alreadyActive) body.active += 1;
    if (iteration.live === 0) endIteration(state, iteration, body, node);
  }
}

/**
 * Makes steps ready again whose effects were taken back and would be missed by what runs after them. Those that an
 * iteration took with it are repeated with the nearest container that is left, which sends nothing that is still there.
 */
export function redoUndone(compiled: CompiledFlow, state: RunState, except: StepKey): void {
  const undone = [...state.undone];
  state.undone.clear();
  for (const [effectKey, key] of undone) {
    if (key === except || key.startsWith(`${except}[`)) continue;
    // Sent again since, under a key of its own.
    if (effectKeyOf(state.runId, key, generationOf(state, key)) !== effectKey) continue;
    const nearest = nearestStep(compiled, state, key);
    if (nearest && canReset(nearest.step)) resetStep(compiled, state, nearest.key, 'back');
  }
}

function nearestStep(compiled: CompiledFlow, state: RunState, key: StepKey): { key: StepKey; step: StepState } | null {
  for (let at = key; at !== ''; at = containerOf(at)) {
    const step = locate(compiled, state, at)?.step;
    if (step) return { key: at, step };
  }
  return null;
}

/** By the keys under which this run would have sent them. @param gone steps whose writes it had taken over. */
export const goneEffects = (state: RunState, gone: readonly StepKey[]): [string, StepKey][] =>
  gone.map((step) => [effectKeyOf(state.runId, step, generationOf(state, step)), step]);

const containerOf = (key: StepKey): StepKey => prefixOf(key).replace(/\[\d+\]\/$/, '');
