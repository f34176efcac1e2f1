import type { SequencedRecord } from '@waybill/engine/ports';
import type { RunId } from '@waybill/flow-model';
import { expect, it } from 'vitest';
import type { Fold } from './followed-runs.ts';
import { FollowedRuns } from './followed-runs.ts';

class Numbers implements Fold {
  seq = 0;
  readonly taken: number[] = [];
  take({ seq }: SequencedRecord) {
    this.seq = seq;
    this.taken.push(seq);
  }
  get weight() {
    return this.taken.length;
  }
}

/** Journals of so many records each, and which parts of them were read. */
function someJournals(lengths: Record<string, number>) {
  const reads: string[] = [];
  let fault: Error | null = null;
  return {
    reads,
    lengths,
    failWith(error: Error | null) {
      fault = error;
    },
    async read(runId: RunId, afterSeq: number, limit: number): Promise<SequencedRecord[]> {
      if (fault) throw fault;
      reads.push(`${runId} after ${afterSeq}`);
      const count = Math.min(limit, (lengths[runId] ?? 0) - afterSeq);
      const record = { at: 0, type: 'recovered', crash: false, note: '' } as const;
      return Array.from({ length: count }, (_, index) => ({ seq: afterSeq + 1 + index, record }));
    },
  };
}
const ask = (runs: FollowedRuns<Numbers>, runId: string, about = '') =>
  runs.upToNow(runId as RunId, about, () => new Numbers());
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

it('reads a journal once and from then on only what was added, also when asked several times at once', async () => {
  const journal = someJournals({ r1: 3 });
  const runs = new FollowedRuns<Numbers>(journal, 100);
  await Promise.all([ask(runs, 'r1'), ask(runs, 'r1'), ask(runs, 'r1')]);
  journal.lengths['r1'] = 5;
  expect((await ask(runs, 'r1')).taken).toEqual(upTo(5));
  expect(journal.reads).toEqual(['r1 after 0', 'r1 after 3', 'r1 after 3', 'r1 after 3']);
});

it('keeps what was asked for last and forgets the rest once it is too much', async () => {
  const journal = someJournals({ r1: 40, r2: 40, r3: 40 });
  const runs = new FollowedRuns<Numbers>(journal, 100);
  for (const runId of ['r1', 'r2', 'r1', 'r3']) await ask(runs, runId);
  journal.reads.length = 0;
  for (const runId of ['r1', 'r3', 'r2']) await ask(runs, runId);
  expect(journal.reads).toEqual(['r1 after 40', 'r3 after 40', 'r2 after 0']);
});

it('answers for a run too large to be kept, and drops no other for longer than that', async () => {
  const journal = someJournals({ huge: 600 });
  const runs = new FollowedRuns<Numbers>(journal, 100);
  expect((await ask(runs, 'huge')).taken).toEqual(upTo(600));
  expect((await ask(runs, 'huge')).taken).toEqual(upTo(600));
  expect(journal.reads.filter((read) => read === 'huge after 0')).toHaveLength(2);
});

it('begins anew after a fault, and keeps folds of one run about different things apart', async () => {
  const journal = someJournals({ r1: 3 });
  const runs = new FollowedRuns<Numbers>(journal, 100);
  const [one, other] = [await ask(runs, 'r1', 'a'), await ask(runs, 'r1', 'b')];
  expect(one).not.toBe(other);
  journal.failWith(new Error('disk'));
  await expect(ask(runs, 'r1', 'a')).rejects.toThrow('disk');
  journal.failWith(null);
  expect((await ask(runs, 'r1', 'a')).taken).toEqual(upTo(3));
  expect(journal.reads.at(-1)).toBe('r1 after 0');
});
