import { expect, it } from 'vitest';
import { recordResultsIn, resultsFault } from './record-results.ts';

const saved = { success: true, id: '001', error: null };
const refused = { success: false, id: null, error: 'REQUIRED_FIELD_MISSING: Name' };

it('reads what became of each record, whatever else the answer says', () => {
  expect(recordResultsIn({ results: [{ ...saved, created: true }, refused], failed: 1 })).toEqual([saved, refused]);
  expect(recordResultsIn({ results: [{ success: 'yes' }] })).toBeNull();
  expect(recordResultsIn(null)).toBeNull();
});

it.each([
  [{ records: [{}, {}] }, { results: [saved, refused] }, null],
  [{ records: [[{}], [{}]] }, { results: [saved, refused] }, null],
  [{ records: null }, { results: [] }, null],
  [{ records: [{}, {}] }, { results: [saved] }, 'it has 1 results for 2 records'],
  [{ records: [{}] }, { saved: 1 }, 'it lacks `results`, each with success, id and error'],
])('tells whether an answer names what became of every record: %j', (params, value, fault) => {
  expect(resultsFault('records', params, value)).toBe(fault);
});
