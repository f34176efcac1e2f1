import type { BlockedKey } from '@waybill/api-contract';
import { expect, it } from 'vitest';
import { matchesSearch } from './held-up.ts';

const held: BlockedKey = {
  flowId: 'f',
  flowName: 'Opportunity to project',
  orderingKey: 'P-1042',
  waiting: 2,
  oldestAcceptedAt: 1,
  holder: {
    runId: 'run-1',
    businessKey: 'Harbour audit',
    status: 'waiting',
    reason: 'waits for a decision: Approve the project',
    since: 1,
    until: null,
  },
};

it('finds lines by every word of flow, key, name and reason', () => {
  for (const search of ['', 'p-1042', 'harbour', 'approve  opportunity', 'DECISION']) {
    expect(matchesSearch(held, search), search).toBe(true);
  }
  expect(matchesSearch(held, 'approve invoice')).toBe(false);
});
