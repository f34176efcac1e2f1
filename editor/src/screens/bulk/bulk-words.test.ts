import type { BulkOperation } from '@waybill/api-contract';
import { describe, expect, it } from 'vitest';
import { leftMs, previewWords } from './bulk-words.ts';

const operation = (given: Partial<BulkOperation>): BulkOperation => ({
  id: 'bk_1',
  name: 'Give up',
  act: 'cancel',
  options: {},
  filter: {},
  reason: 'r',
  createdBy: 'u',
  createdByName: 'Olga',
  createdAt: 0,
  startAt: 0,
  perMinute: 60,
  status: 'running',
  total: 100,
  succeeded: 30,
  refused: 5,
  skipped: 5,
  finishedAt: null,
  ...given,
});

describe('words about an operation on many runs', () => {
  it('knows how long the rest takes at its pace, and nothing while it stands still', () => {
    expect(leftMs(operation({}))).toBe(60_000);
    expect(leftMs(operation({ status: 'suspended' }))).toBeNull();
    expect(leftMs(operation({ succeeded: 90 }))).toBeNull();
  });

  it('says when nothing or too much matches', () => {
    expect(previewWords({ count: 0, isMore: false })).toMatch(/^No run/);
    expect(previewWords({ count: 1, isMore: false })).toMatch(/^1 run will/);
    expect(previewWords({ count: 100_000, isMore: true })).toMatch(/^More than 100,000 runs/);
  });
});
