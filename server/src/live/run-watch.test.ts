import type { RunDelta } from '@waybill/api-contract';
import type { JournalRecord } from '@waybill/engine';
import type { RunSummary } from '@waybill/engine/ports';
import { memoryJournal } from '@waybill/engine/testing';
import type { FlowId, FlowVersionId, RunId } from '@waybill/flow-model';
import { expect, it } from 'vitest';
import type { ViewContext } from '../runs/view-context.ts';
import { RunWatch } from './run-watch.ts';

const runId = 'run1' as RunId;
const summaryAt = (seq: number): RunSummary => ({
  runId,
  flowId: 'f' as FlowId,
  versionId: 'f:v1' as FlowVersionId,
  status: 'running',
  mode: 'live',
  startedBy: 'test',
  acceptedAt: 1,
  updatedAt: 1,
  finishedAt: null,
  correlationId: 'run1',
  businessKey: null,
  orderingKey: null,
  dedupeKey: null,
  parentRunId: null,
  replayRoot: null,
  wakeAt: null,
  currentStep: null,
  currentNode: null,
  currentWaits: 0,
  alsoAt: [],
  errorCode: null,
  errorWhat: null,
  errorClass: null,
  holdsKey: false,
  note: null,
  seq,
});
const accepted: JournalRecord = {
  at: 1,
  type: 'run-accepted',
  start: {
    flowId: 'f' as FlowId,
    versionId: 'f:v1' as FlowVersionId,
    triggerNode: 'start',
    input: { v: null },
    correlationId: 'run1',
    mode: 'live',
    startedBy: 'test',
  },
};
const done = (step: string): JournalRecord => ({
  at: 2,
  type: 'step-succeeded',
  step,
  attempt: 1,
  port: 'done',
  output: { v: null },
  startedAt: 1,
});
const context: ViewContext = {
  title: (nodeId) => nodeId,
  nodeType: () => 'core.set',
  isLeaf: () => false,
  catchesErrors: () => false,
  downstream: () => new Set(),
};

async function watchedRun() {
  const journal = memoryJournal();
  await journal.accept({ summary: summaryAt(1), records: [accepted] });
  const toView = async (summary: RunSummary) => ({
    ...summary,
    id: summary.runId,
    flowName: 'F',
    versionNumber: 1,
    startedByName: null,
  });
  const watch = new RunWatch({ runId, journal, context, toView });
  let seq = 1;
  return {
    watch,
    /** Appends to the journal; unless it is lost, the message arrives as well. */
    async append(step: string, how: 'told' | 'lost' = 'told') {
      const record = done(step);
      await journal.append(runId, seq, [record], summaryAt(seq + 1));
      seq += 1;
      if (how === 'told') watch.publish([{ seq, record }], summaryAt(seq));
    },
  };
}

function screen() {
  const deltas: RunDelta[] = [];
  const state = { isReady: true };
  return { deltas, state, ready: () => state.isReady, send: (delta: RunDelta) => void deltas.push(delta) };
}
const words = (deltas: RunDelta[]) =>
  deltas.map(
    (one) => `${one.fromSeq}-${one.toSeq}${one.reset ? '!' : ''} ${one.steps.map((step) => step.step).join()}`,
  );

it('collects changes into one delta and fills in what was lost on the way', async () => {
  const { watch, append } = await watchedRun();
  const one = screen();
  await watch.add(one, 0);
  await append('a');
  await append('b');
  await watch.flush();
  await append('c', 'lost');
  await append('d');
  await watch.flush();
  expect(words(one.deltas)).toEqual(['0-1! ', '1-3 a,b', '3-5 c,d']);
});

it('leaves a slow screen out and catches it up in one piece, without holding up the others', async () => {
  const { watch, append } = await watchedRun();
  const [slow, quick] = [screen(), screen()];
  await watch.add(slow, 0);
  await watch.add(quick, 0);
  slow.state.isReady = false;
  for (const step of ['a', 'b', 'c']) {
    await append(step);
    await watch.flush();
  }
  expect(words(quick.deltas)).toEqual(['0-1! ', '1-2 a', '2-3 b', '3-4 c']);
  expect(slow.deltas).toHaveLength(1);
  slow.state.isReady = true;
  await watch.flush();
  expect(words(slow.deltas)).toEqual(['0-1! ', '1-4 a,b,c']);
});

it('sends nothing to a screen that has everything, or has gone', async () => {
  const { watch, append } = await watchedRun();
  const one = screen();
  await watch.add(one, 1);
  expect(one.deltas).toEqual([]);
  watch.remove(one);
  expect(watch.isUnwatched).toBe(true);
  await append('a');
  await watch.flush();
  expect(one.deltas).toEqual([]);
});
