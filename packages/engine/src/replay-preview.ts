/** What a replay would write, in words. Pure: it executes nothing, so data that would come out differently is not seen. */
import type { RunId } from '@waybill/flow-model';
import { assertNever } from '@waybill/flow-model';
import type { CompiledFlow, CompiledNode } from './compile-flow.ts';
import type { ReplayedEffect, ReplayPreview, ReplayRequest } from './engine.ts';
import { flowOrder } from './flow-order.ts';
import type { StepKey } from './journal-record.ts';
import type { RecordedEffect, RecordedRun, ReplayFamily } from './recorded-outcomes.ts';
import { isRepeated } from './recorded-outcomes.ts';
import { downstreamIn, mayBeThere } from './replay-plan.ts';
import { nodeIdOf } from './run-state.ts';
import { writesNotTakenOver } from './taken-over.ts';

const LISTED = 500;

/**
 * @param called what becomes of the writes of called runs, by the step that called.
 * @param isCalled the run is one of those itself.
 */
export function previewOf(
  { repeated, runs }: ReplayFamily,
  before: CompiledFlow,
  now: CompiledFlow,
  request: Pick<ReplayRequest, 'from' | 'effects' | 'edited'>,
  called: ReadonlyMap<StepKey, readonly ReplayedEffect[]>,
  isCalled: boolean,
): ReplayPreview {
  const after = downstreamIn(now);
  const asked: Asked = { runId: repeated.runId, words: isCalled ? 'the called run' : 'this run' };
  const effects: { step: StepKey; effect: ReplayedEffect }[] = [];
  for (const [step, writes] of called) for (const effect of writes) effects.push({ step, effect });
  for (const [step, node] of writeSteps(runs, now)) {
    const effect = effectOf(runs, step);
    const runsAgain = request.from === undefined || effect?.state === 'undone' || isRepeated(step, request.from, after);
    const changed = JSON.stringify(before.nodes.get(node.id)?.node.params) !== JSON.stringify(node.node.params);
    const connection = Object.values(node.node.connections ?? {})[0] ?? null;
    const judged = runsAgain
      ? verdict(node, effect, request, changed, asked)
      : ({
          verdict: 'skipped',
          why: 'It comes before the chosen step, or beside it: its outcome is taken over.',
        } as const);
    // What never ran and does not follow from the chosen step is not reached by a replay that the first run did not reach.
    if (!runsAgain && effect === null) continue;
    effects.push({ step, effect: { step, title: node.title, connection, ...judged } });
  }
  const inOrder = flowOrder(now);
  effects.sort((a, b) => inOrder(a.step, b.step));
  const listed = effects.slice(0, LISTED).map(({ effect }) => effect);
  // What is written again on purpose need not be recognised.
  const lost = before === now || request.effects === 'write-again' ? [] : writesNotTakenOver(runs, before, now);
  return { effects: listed, more: effects.length - listed.length, lost };
}

function verdict(
  node: CompiledNode,
  effect: RecordedEffect | null,
  { effects, edited }: Pick<ReplayRequest, 'effects' | 'edited'>,
  changed: boolean,
  asked: Asked,
): Pick<ReplayedEffect, 'verdict' | 'why'> {
  if (effect === null || effect.state === 'none' || effect.state === 'undone') {
    const why =
      effect?.state === 'undone'
        ? `${capital(named(effect.runId, asked))} wrote it and took it back, so it is written anew.`
        : 'It was not written before, so it is written for the first time.';
    return { verdict: 'new', why };
  }
  const { runId, state } = effect;
  const who = named(runId, asked);
  switch (state) {
    case 'unknown':
      if (effects === 'write-again')
        return {
          verdict: 'written-again',
          why: `Nobody knows whether ${who} wrote it; it is written in any case.`,
        };
      return node.idempotency?.how === 'natural'
        ? {
            verdict: 'written-again',
            why: `Nobody knows whether ${who} wrote it; writing it twice changes nothing.`,
          }
        : {
            verdict: 'in-doubt',
            why: `Nobody knows whether ${who} wrote it; a person is asked before it is sent.`,
          };
    case 'confirmed':
      if (effects === 'write-again')
        return { verdict: 'written-again', why: `${capital(who)} wrote it; it is written again as you asked.` };
      if (changed) return { verdict: 'written-again', why: 'The fields of this step differ in the chosen version.' };
      return {
        verdict: 'skipped',
        why:
          edited === undefined
            ? `${capital(who)} wrote it; with the same data nothing is sent.`
            : `${capital(who)} wrote it; it is sent again only if your change reaches what this step sends.`,
      };
    default:
      return assertNever(state);
  }
}

/** The run that the reader looks at needs no id. */
interface Asked {
  runId: RunId;
  words: string;
}
const named = (runId: RunId, asked: Asked): string => (runId === asked.runId ? asked.words : `run ${runId}`);
const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** What is there counts for more than what may be, and that for more than what was taken back. */
function effectOf(runs: readonly RecordedRun[], step: StepKey): RecordedEffect | null {
  const effects = runs.flatMap((run) => run.effects.get(step) ?? []);
  const confirmed = effects.find(({ state }) => state === 'confirmed');
  return confirmed ?? effects.find(mayBeThere) ?? effects.find(({ state }) => state === 'undone') ?? null;
}

/** Steps that wrote, then nodes that would write and were not reached. */
function writeSteps(runs: readonly RecordedRun[], now: CompiledFlow): Map<StepKey, CompiledNode> {
  const found = new Map<StepKey, CompiledNode>();
  const seen = new Set<string>();
  for (const run of runs) {
    for (const step of run.effects.keys()) {
      const node = now.nodes.get(nodeIdOf(step));
      if (node) found.set(step, node);
      seen.add(nodeIdOf(step));
    }
  }
  for (const node of now.nodes.values())
    if (node.effect === 'write' && !node.node.disabled && !seen.has(node.id)) found.set(node.id, node);
  return found;
}
