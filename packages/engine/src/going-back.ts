/** Waits whose outcome sends a run back to an earlier step instead of on. Pure; the reducer's part is `goBack`. */
import type { JsonValue, NodeId } from '@waybill/flow-model';
import type { CompiledFlow, CompiledNode } from './compile-flow.ts';
import type { Correction, JournalRecord, SentBack, StepKey, Wait } from './journal-record.ts';
import type { RunState, StepPhase, StepState } from './run-state.ts';
import { locate } from './run-state.ts';

/** Nodes that follow from a node within its scope, itself left out. */
export function downstreamNodes(from: CompiledNode): Set<CompiledNode> {
  const found = new Set<CompiledNode>();
  const pending = [...from.successors];
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (node === from || found.has(node)) continue;
    found.add(node);
    pending.push(...node.successors);
  }
  return found;
}

/** Whether a run may be sent back from one node to another: the other comes before it, in the same container. */
export function mayGoBack(compiled: CompiledFlow, from: CompiledNode, to: NodeId): boolean {
  const target = compiled.nodes.get(to);
  return target !== undefined && !target.isTrigger && downstreamNodes(target).has(from);
}

/** The node that a decided wait sends its run back to; null when it goes on by its port, or is not decided. */
export const backTo = ({ phase, fulfilled }: StepState): NodeId | null =>
  phase === 'waiting' && fulfilled?.how === 'task' ? (fulfilled.backTo ?? null) : null;

const settled: ReadonlySet<StepPhase> = new Set(['succeeded', 'failed', 'skipped', 'cancelled']);

/**
 * What the journal says of a run that goes back from this step. Null where the step does not ask for it, and as long as
 * anything is under way that would be forgotten: its outcome must be known first.
 */
export function goingBack(
  compiled: CompiledFlow,
  state: RunState,
  key: StepKey,
): Omit<Extract<JournalRecord, { type: 'went-back' }>, 'at'> | null {
  const asked = locate(compiled, state, key);
  const first = asked?.step ? sentBack(asked.scope.prefix, key, asked.step) : null;
  const target = first && locate(compiled, state, first.to);
  if (!first || !target?.step || !settled.has(target.step.phase)) return null;
  const { scope } = target;
  const others: SentBack[] = [];
  for (const node of downstreamNodes(target.node)) {
    const step = scope.steps.get(node.id);
    if (!step || settled.has(step.phase) || step === asked?.step) continue;
    const other = sentBack(scope.prefix, scope.prefix + node.id, step);
    if (!other) return null;
    others.push(other);
  }
  return { type: 'went-back', to: first.to, sent: [first, ...others] };
}

function sentBack(prefix: string, step: StepKey, state: StepState): SentBack | null {
  const { wait, fulfilled } = state;
  const to = backTo(state);
  if (to === null || wait?.kind !== 'task' || fulfilled?.how !== 'task') return null;
  const { taskId, round = 0 } = wait;
  return { step, to: prefix + to, taskId, round, by: fulfilled.by, corrections: corrections(wait, fulfilled.form) };
}

/** What a person entered, by the field of the step's input that it replaces. */
function corrections({ task }: Extract<Wait, { kind: 'task' }>, form: JsonValue): Correction[] {
  if (typeof form !== 'object' || form === null || Array.isArray(form)) return [];
  return task.form.fields.flatMap(({ name, corrects }) => {
    const value = form[name];
    return value === undefined ? [] : [{ path: corrects || name, value }];
  });
}

/** A value with corrections laid over it, the later ones last; what they do not name stays as it is. */
export const corrected = (value: JsonValue, changes: readonly Correction[]): JsonValue =>
  changes.reduce((made, { path, value: put }) => withValue(made, path.split('.'), put), value);

function withValue(into: JsonValue, [name, ...rest]: readonly string[], value: JsonValue): JsonValue {
  if (name === undefined) return value;
  if (Array.isArray(into) && /^\d+$/.test(name) && Number(name) < into.length)
    return into.with(Number(name), withValue(into[Number(name)] ?? null, rest, value));
  const base = typeof into === 'object' && into !== null && !Array.isArray(into) ? into : {};
  const member = Object.hasOwn(base, name) ? (base[name] ?? null) : null;
  return { ...base, [name]: withValue(member, rest, value) };
}
