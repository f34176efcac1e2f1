import { describe, expect, it } from 'vitest';
import type { Fate, World, Write } from './proof.ts';
import { proofOf } from './proof.ts';

const done: Fate = {
  dealId: 'd1',
  name: 'Harbour',
  run: { id: 'r1', status: 'succeeded', currentStep: null },
  askedAs: null,
  asked: [],
};
const row = (object: string, externalKey: string): Write => ({ object, externalKey });
const world = (given: Partial<World> = {}): World => ({
  fates: [done],
  erp: [row('customer', 'c1'), row('job', 'deal-d1'), row('billingSchedule', 'billing-d1')],
  psa: [row('external_references', 'd1'), row('external_references', 'd1-month-1'), row('stories', 's1')],
  tasksPerProject: 1,
  ...given,
});
const broken = (given: Partial<World>) => proofOf(world(given)).flatMap((promise) => promise.broken);

describe('the proof after the storm', () => {
  it('finds nothing where everything exists once', () => {
    expect(broken({})).toEqual([]);
  });

  it.each<[string, Partial<World>]>([
    ['Harbour has no run', { fates: [{ ...done, run: null }] }],
    ['nobody is asked', { fates: [{ ...done, run: { id: 'r1', status: 'failed', currentStep: 'ERP' } }] }],
    ['Harbour has 2', { erp: [...world().erp, row('job', 'deal-d1')] }],
    ['Harbour has none', { psa: [row('stories', 's1')] }],
    ['c1 was created 2 times', { erp: [...world().erp, row('customer', 'c1')] }],
    ['Tasks are missing', { tasksPerProject: 2 }],
  ])('finds that %s', (words, given) => {
    expect(broken(given).join('; ')).toContain(words);
  });

  it('is content with a run that waits for somebody', () => {
    const waiting: Fate = { ...done, run: { id: 'r', status: 'waiting', currentStep: 'Finance' }, asked: ['finance'] };
    expect(broken({ fates: [waiting], erp: [], psa: [] })).toEqual([]);
  });
});
