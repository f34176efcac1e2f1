import { expect, it } from 'vitest';
import { conditionWords, moved, newRule, outcomeWords } from './routing-words.ts';

it('says a rule in words', () => {
  const rule = { ...newRule('r'), class: 'duplicate' as const, flowId: 'bill', minValue: 500, owner: 'billing' };
  expect(conditionWords(rule, () => 'Time to bill')).toBe('Duplicate, in Time to bill, worth 500 or more');
  expect(conditionWords(newRule('r'), String)).toBe('Everything');
  const to = {
    ...rule,
    priority: 'urgent' as const,
    slaMs: 3_600_000,
    escalation: [{ afterMs: 7_200_000, group: 'cfo' }],
  };
  expect(outcomeWords(to)).toBe('billing, urgent priority, within 1 h, cfo after 2 h');
});

it('moves a rule without losing one', () => {
  expect(moved(['a', 'b', 'c'], 2, -1)).toEqual(['a', 'c', 'b']);
  expect(moved(['a', 'b', 'c'], 0, -1)).toEqual(['a', 'b', 'c']);
  expect(moved(['a', 'b', 'c'], 2, 1)).toEqual(['a', 'b', 'c']);
});
