import { expect, it } from 'vitest';
import { recordName, recordRetryWords, sendWords } from './record-retry-words.ts';

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

it('names a record by its key, or by its row where it has none of its own', () => {
  expect([recordName({ key: 'K-8', row: 9 }), recordName({ key: '9', row: 9 })]).toEqual(['K-8', 'Row 9']);
});

it('says on the button how many are sent', () => {
  expect([sendWords(0), sendWords(1), sendWords(1_200)]).toEqual(['Send records', 'Send record', 'Send 1,200 records']);
});
