/**
 * Sending records again that their system refused: they become further batches of the step that cut them, with iterations and
 * effect keys of their own. What the step did before stays, and so does all that came after it. Part of the reducer.
 */
import type { CompiledFlow, CompiledNode, CompiledScope } from './compile-flow.ts';
import type { InboxMessage, StepKey } from './journal-record.ts';
import { openIterations } from './propagate.ts';
import type { ContainerState, LocatedStep, RunState, StepState } from './run-state.ts';
import { iterationPrefix, locate } from './run-state.ts';
import { setPhase } from './step-phase.ts';

type RetryRecords = Extract<InboxMessage, { kind: 'retry-records' }>;
type BatchStep = LocatedStep & { step: StepState & { body: ContainerState } };

/** Why nothing can be sent again, and what to do. */
export interface RecordRetryFault {
  what: string;
  fix: string;
}

/** What can be sent again of a step, as of a record of its run. */
export type RecordRetry =
  | {
      /** For the message, so that nothing happened in between. */
      asOf: number;
      /** The one step inside that writes, and the role or connection it writes to. */
      writer: { title: string; connection: string | null };
      /** Places of records that were sent again already, by the index of their batch. */
      retaken: Record<number, number[]>;
    }
  | { fault: RecordRetryFault };

const fault = (what: string, fix: string): { fault: RecordRetryFault } => ({ fault: { what, fix } });

/** The step whose refused records can be sent again and the one inside that writes them, or why they cannot. Pure. */
export function batchStep(
  compiled: CompiledFlow,
  state: RunState,
  key: StepKey,
): { at: BatchStep; writer: CompiledNode } | { fault: RecordRetryFault } {
  const { finished } = state;
  if (!finished) return fault('The run is not over.', 'Wait for its end; then send the records again.');
  if (finished.status !== 'succeeded' && finished.status !== 'failed')
    return fault(`The run ended as ${finished.status}.`, 'Repeat the run.');
  if (state.undos.size > 0 || state.undone.size > 0)
    return fault('What the run wrote was taken back, or was to be.', 'Repeat the run.');
  const found = locate(compiled, state, key);
  const body = found?.step?.body;
  if (!found?.step || !body?.parts) return fault(`Step ${key} of the run made no batches.`, 'Reload the run.');
  const { node, scope, step } = found;
  if (scope.container !== null)
    return fault(`${node.title} stands inside another loop or group.`, 'Repeat the run from this step.');
  if (step.phase !== 'succeeded')
    return fault(`Not all batches of ${node.title} are done.`, 'Retry or skip the failed step first.');
  const [writer, ...others] = node.body ? writersIn(node.body) : [];
  if (!writer) return fault(`Nothing inside ${node.title} writes records.`, 'Correct them and read them anew.');
  if (others.length > 0) {
    const titles = [writer, ...others].map(({ title }) => `“${title}”`).join(' and ');
    return fault(
      `Inside ${node.title} ${titles} write. What one of them refused another may have taken, and would get it a second time.`,
      'Download the records, correct them and read them as a new file that only the refusing step gets.',
    );
  }
  return { at: { ...found, step: { ...step, body } }, writer };
}

/** Steps inside, at any depth, that change something outside; a called flow may. */
const writersIn = ({ nodes }: CompiledScope): CompiledNode[] =>
  nodes.flatMap((node) => {
    if (node.node.disabled) return [];
    const inside = node.body ? writersIn(node.body) : [];
    return node.effect === 'write' || callsFlow(node) ? [node, ...inside] : inside;
  });

const callsFlow = ({ manifest }: CompiledNode): boolean =>
  Object.values(manifest.params).some(({ kind }) => kind === 'flow');

/** Nothing happened since the run was looked at, and no record is sent a second time beside itself. */
export function mayRetryRecords(compiled: CompiledFlow, state: RunState, message: RetryRecords): boolean {
  const found = batchStep(compiled, state, message.step);
  if ('fault' in found || state.seq !== message.asOf) return false;
  const { count, retaken } = found.at.step.body;
  const seen = new Set<string>();
  return message.batches.every(({ from }) =>
    from.every(({ batch, at }) =>
      at.every((place) => {
        const name = `${batch} ${place}`;
        const isFree = batch < count && !seen.has(name) && !retaken[batch]?.includes(place);
        seen.add(name);
        return isFree;
      }),
    ),
  );
}

/** Makes the batches part of the step and opens them. */
export function retryRecords(compiled: CompiledFlow, state: RunState, { step: key, batches }: RetryRecords): void {
  const found = locate(compiled, state, key);
  const body = found?.step?.body;
  if (!found?.step || !body?.parts) return;
  const { scope, node, step } = found;
  state.reopened = true;
  body.parts = [...body.parts, ...batches.map(({ part }) => part)];
  for (const { from } of batches) {
    body.results.push(null);
    for (const { batch, at } of from) {
      body.retaken[batch] = [...(body.retaken[batch] ?? []), ...at];
      settleRefused(state, iterationPrefix(key, batch), at.length);
    }
  }
  body.count += batches.length;
  state.entries += batches.length;
  body.goesOnAlone = true;
  step.port = null;
  step.output = null;
  setPhase(state, scope, key, step, 'entered');
  // What failed beside it stays failed: the end of the run looks for it.
  scope.failed = null;
  scope.givenUp = false;
  openIterations(state, scope, node, step);
}

/** Records that went into a later batch are no longer refused in theirs. */
function settleRefused(state: RunState, prefix: string, count: number): void {
  for (const [step, refused] of state.refused) {
    if (!step.startsWith(prefix)) continue;
    if (refused > count) state.refused.set(step, refused - count);
    else state.refused.delete(step);
  }
}
