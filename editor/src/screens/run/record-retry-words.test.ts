import { expect, it } from 'vitest';
import { recordRetryWords } from './record-retry-words.ts';

const writer = { title: 'Upsert accounts', connection: { binding: 'crm', id: 'c1', name: 'CRM' } };

it('says how many records go where, and how many are left alone', () => {
  expect(recordRetryWords({ count: 2, more: 0, batches: 1, leftAlone: 6, writer })).toEqual({
    sent: '2 records to CRM by “Upsert accounts”.',
    left: '6 records of this step are left alone, and nothing after it runs again.',
    more: null,
  });
});

it('says that more than can be sent at once were refused', () => {
  const many = { count: 20_000, more: 1, batches: 100, leftAlone: 0, writer: { title: 'Upsert', connection: null } };
  expect(recordRetryWords(many)).toEqual({
    sent: '20,000 records by “Upsert”, in 100 batches.',
    left: null,
    more: '1 record more was refused and can be sent after these.',
  });
});
