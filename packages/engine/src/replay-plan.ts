/** What a run that repeats another takes over from it. Pure; rebuilt from the journals whenever the run is loaded. */
import type { RunId } from '@waybill/flow-model';
import type { CompiledFlow, CompiledNode } from './compile-flow.ts';
import { effectKeyOf } from './effect-key.ts';
import { downstreamNodes } from './going-back.ts';
import type { RunReplay, StepKey, StoredValue } from './journal-record.ts';
import type { StepCall } from './ports/index.ts';
import type { RecordedEffect, RecordedOutcome, RecordedRun, ReplayFamily } from './recorded-outcomes.ts';
import { businessKeyOf, isRepeated } from './recorded-outcomes.ts';
import type { WrittenBatch } from './replay-batches.ts';
import { batchesWritten } from './replay-batches.ts';
import { stepThen } from './replay-places.ts';
import type { RunState, StepState } from './run-state.ts';
import { generationOf, nodeIdOf, wentBackOf } from './run-state.ts';
import { sendsTheSame } from './step-call.ts';

export interface ReplayPlan {
  replay: RunReplay;
  /** The recorded outcome of a step that is not run again; null when it runs. */
  takenOver(step: StepKey, node: CompiledNode): RecordedOutcome | null;
  /** Writes under the same business effect key that are there, or may be, by any run that repeats the same one; newest first. */
  writesOf(state: RunState, step: StepKey): RecordedEffect[];
  /** The run that a step called then. */
  childOf(state: RunState, step: StepKey): RunId | null;
  /** Batches of records that a step of those runs wrote, or may have written. */
  batchesOf(step: StepKey): WrittenBatch[];
}

/** @param before the version that the repeated run is pinned to. */
export function replayPlan(
  replay: RunReplay,
  { repeated, runs }: ReplayFamily,
  before: CompiledFlow,
  now: CompiledFlow,
): ReplayPlan {
  const after = downstreamIn(now);
  return {
    replay,
    takenOver(step, node) {
      if (replay.from === undefined || isRepeated(step, replay.from, after)) return null;
      if (before.nodes.get(nodeIdOf(step))?.node.type !== node.node.type) return null;
      // A container is entered again with the same items; its steps, not its result, are taken over.
      const outcome = (node.body ? repeated.entered : repeated.outcomes).get(step) ?? null;
      // A failure that nothing handles would end this run where that one ended.
      return outcome?.kind === 'failed' && !node.hasErrorRoute ? null : outcome;
    },
    writesOf(state, step) {
      return runs.flatMap((run) => {
        const then = stepThen(run, state, step);
        const effect = then === null ? undefined : run.effects.get(then);
        if (!effect || then === null || !mayBeThere(effect)) return [];
        // The data that are compared leave out the place in the list.
        if (then !== step && now.nodes.get(nodeIdOf(step))?.reads.index) return [];
        return effect.businessEffectKey === businessKeyOf(state.start, state.runId, then) ? [effect] : [];
      });
    },
    childOf(state, step) {
      for (const run of runs) {
        const child = run.children.get(stepThen(run, state, step) ?? '');
        if (child !== undefined) return child;
      }
      return null;
    },
    batchesOf: (step) => (replay.effects === 'write-again' ? [] : batchesWritten(runs, step)),
  };
}

export const mayBeThere = ({ state }: RecordedEffect): boolean => state === 'confirmed' || state === 'unknown';

/** Nodes that follow from a node within its scope, found once per node. */
export function downstreamIn(compiled: CompiledFlow): (nodeId: string) => ReadonlySet<string> {
  const found = new Map<string, Set<string>>();
  return (nodeId) => {
    const known = found.get(nodeId);
    if (known) return known;
    const node = compiled.nodes.get(nodeId);
    const after = new Set(node ? [...downstreamNodes(node)].map(({ id }) => id) : []);
    found.set(nodeId, after);
    return after;
  };
}

/** Later tries are a person's or the retry policy's, and run. */
export const isFirstTry = (state: RunState, key: StepKey, step: StepState): boolean =>
  isUnsent(step) && step.attempt === 0 && generationOf(state, key) === 0;

const isUnsent = ({ phase, intentAt }: StepState): boolean => phase !== 'open' && intentAt === null;

export type InsteadOfSending = { do: 'reuse'; effect: RecordedEffect } | { do: 'ask'; runId: RunId };

/** What a write that a replay reaches does instead of being sent; null: it is sent. */
export function insteadOfSending(
  plan: ReplayPlan,
  state: RunState,
  node: CompiledNode,
  step: StepState,
  call: StepCall,
  input: StoredValue,
): InsteadOfSending | null {
  if (plan.replay.effects === 'write-again' || step.attempt > 0 || !isUnsent(step)) return null;
  // Only going back made it a later one.
  if (generationOf(state, call.step) !== wentBackOf(state, call.step)) return null;
  return judged(plan.writesOf(state, call.step), node, call, input);
}

/** What a write that a run reaches again, because it went back, does instead of being sent; null: it is sent. */
export function insteadOfRepeating(
  before: RecordedRun,
  state: RunState,
  node: CompiledNode,
  step: StepState,
  call: StepCall,
  input: StoredValue,
): InsteadOfSending | null {
  const effect = isUnsent(step) ? before.effects.get(call.step) : undefined;
  if (!effect || !isOfEarlierRound(state, call.step, effect.effectKey)) return null;
  return judged([effect], node, call, input);
}

/** Whether nothing but going back lies between the effect and now: what a person wished repeated is repeated. */
function isOfEarlierRound(state: RunState, step: StepKey, effectKey: string): boolean {
  const generation = generationOf(state, step);
  for (let ago = wentBackOf(state, step); ago > 0; ago -= 1)
    if (effectKeyOf(state.runId, step, generation - ago) === effectKey) return true;
  return false;
}

function judged(
  effects: readonly RecordedEffect[],
  node: CompiledNode,
  call: StepCall,
  input: StoredValue,
): InsteadOfSending | null {
  const same = effects.filter(({ inputHash }) => sendsTheSame(inputHash, call, input));
  const effect = same.find(({ state, port, output }) => state === 'confirmed' && port !== null && output !== null);
  if (effect) return { do: 'reuse', effect };
  const doubtful = same.find(({ state }) => state === 'unknown');
  return doubtful && node.idempotency?.how !== 'natural' ? { do: 'ask', runId: doubtful.runId } : null;
}
