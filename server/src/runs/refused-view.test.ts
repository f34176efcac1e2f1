import type { JournalRecord } from '@waybill/engine';
import { aFlow, testManifests } from '@waybill/engine/testing';
import { manifestKey } from '@waybill/flow-model';
import { expect, it } from 'vitest';
import { emptyRunView, foldRecord } from './run-view.ts';
import { viewContext } from './view-context.ts';

const at = 1_000;
const catalog = new Map(testManifests.map((manifest) => [manifestKey(manifest.type, manifest.version), manifest]));
const flow = aFlow({ start: 'trigger', each: 'each', upsert: { is: 'answering', parent: 'each' }, after: 'keyed' }, [
  'start>each',
  'each>after',
]);
const progress = { rowsIn: 4, rowsOut: 4, errors: 1, bytesDone: null, bytesTotal: null };
const done = (step: string, refused?: number): JournalRecord => ({
  ...{ at, type: 'step-succeeded', step, attempt: 1, port: 'out', output: { v: null }, startedAt: at },
  ...(refused === undefined ? {} : { records: { sent: 2, refused } }),
});
const part = { blob: 'b', sizeBytes: 1 };
const entered: JournalRecord = {
  ...{ at, type: 'container-entered', step: 'each', items: { v: [] }, parts: [part, part], count: 2 },
  ...{ concurrency: 1, onItemError: 'stop', startedAt: at },
};
const began: JournalRecord[] = [
  { at, type: 'records-checkpoint', step: 'each', attempt: 1, startedAt: at, state: { v: null }, progress },
  entered,
  ...[done('each[0]/upsert', 1), done('each[1]/upsert', 2), done('each'), done('after')],
];
const retried: JournalRecord = {
  ...{ at, type: 'inbox', key: 'k' },
  message: {
    ...{ kind: 'retry-records', step: 'each', asOf: 6, by: 'ann', reason: 'corrected' },
    batches: [{ part, from: [{ batch: 1, at: [0] }], edited: true }],
  },
};

function viewOf(records: readonly JournalRecord[]) {
  const view = emptyRunView();
  for (const [index, record] of records.entries())
    foldRecord(view, viewContext(flow, catalog), { seq: index + 1, record });
  return view;
}

it('counts records that a system refused until they are sent again, and says who sent them', () => {
  expect(viewOf(began).steps.get('each')?.records).toMatchObject({ errors: 1, refused: 3 });
  const again = viewOf([...began, retried]).steps;
  expect(again.get('each')).toMatchObject({
    status: 'running',
    records: { errors: 1, refused: 2 },
    iterations: { total: 3, finished: 2 },
    resent: [{ by: 'ann', reason: 'corrected', records: 1, edited: true }],
  });
  const refusedOnceMore = viewOf([...began, retried, done('each[2]/upsert', 1), done('each')]).steps;
  expect(refusedOnceMore.get('each')).toMatchObject({ status: 'succeeded', records: { refused: 3 } });
});

it('leaves what comes after the batches as it is, also when a batch that was sent again fails and is retried', () => {
  const error = { code: 'DOWN', what: '', fix: '', owner: 'provider', engine: 'stop' } as const;
  const failed = (step: string): JournalRecord => ({
    ...{ at, type: 'step-failed', step, attempt: 1, error, startedAt: at, retryAt: null },
  });
  const again: JournalRecord = {
    ...{ at, type: 'inbox', key: 'k2', message: { kind: 'retry-step', step: 'each[2]/upsert', by: 'ann' } },
  };
  const { steps } = viewOf([...began, retried, failed('each[2]/upsert'), failed('each'), again]);
  expect(['each', 'each[2]/upsert', 'after'].map((step) => steps.get(step)?.status)).toEqual([
    ...['running', 'pending', 'succeeded'],
  ]);
});

it('counts a record of a repeat in its last batch alone', () => {
  const repeat = { ...entered, retaken: { 0: [1] } };
  const { steps } = viewOf([began[0] as JournalRecord, repeat, done('each[0]/upsert', 1), done('each[1]/upsert', 1)]);
  expect(steps.get('each')?.records?.refused).toBe(1);
});
