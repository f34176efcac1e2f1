import type { RunSummaryView } from '@waybill/api-contract';
import { expect, it } from 'vitest';
import { removalWords } from './file-words.ts';

const use = (how: 'started' | 'same-content', status: RunSummaryView['status']) => ({
  how,
  run: { status } as RunSummaryView,
});

it('warns before a file is removed that an open or repairable run may still read', () => {
  const file = { name: 'march.csv' };
  expect(removalWords(file, [use('started', 'succeeded')]).isInUse).toBe(false);
  expect(removalWords(file, [use('same-content', 'running')]).isInUse).toBe(false);
  expect(removalWords(file, [use('started', 'failed')]).about).toMatch(/^One run that is not over has to do with it/);
  expect(removalWords(file, [use('started', 'failed'), use('started', 'waiting')]).about).toMatch(/^2 runs/);
});
