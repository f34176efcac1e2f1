import { expect, it } from 'vitest';
import { emptyFlow } from './flow.ts';
import { flowIdSchema } from './ids.ts';
import type { NodeManifest } from './manifest.ts';
import { hiddenIn, masked, maskedNamesOf, maskedText, textWithout, unmasked } from './masking.ts';

const names = new Set(['salary', 'costrate']);
const value = {
  name: 'Sofia',
  Salary: 9_000,
  team: [{ cost_rate: { amount: '80', currency: 'EUR' }, hours: 8, 'Cost rate': null }],
  facts: [
    { label: 'Salary', value: 9_000 },
    { label: 'Start', value: '2026-01-01' },
  ],
};

it('hides what stands under a masked name, at any depth and however it is written, and nothing else', () => {
  expect(masked(value, names)).toEqual({
    name: 'Sofia',
    Salary: maskedText,
    team: [{ cost_rate: maskedText, hours: 8, 'Cost rate': null }],
    facts: [
      { label: 'Salary', value: maskedText },
      { label: 'Start', value: '2026-01-01' },
    ],
  });
  expect(JSON.stringify(masked(value, names))).not.toContain('9000');
  expect(hiddenIn(value, names)).toEqual([9_000, { amount: '80', currency: 'EUR' }, 9_000]);
  expect(masked(value, new Set(['other']))).toBe(value);
});

it('puts back what was hidden from whoever edited the rest, and says where that is not possible', () => {
  const shown = masked(value, names) as typeof value;
  const edited = { ...shown, name: 'Sofia Keller', team: [{ ...shown.team[0], hours: 7 }] } as never;
  expect(unmasked(edited, value, names)).toEqual({
    value: { ...value, name: 'Sofia Keller', team: [{ ...value.team[0], hours: 7 }] },
    missing: [],
  });
  expect(unmasked({ Salary: 1, name: maskedText }, value, names).value).toEqual({ Salary: 1, name: maskedText });
  expect(unmasked({ people: [{ salary: maskedText }] }, value, names).missing).toEqual(['people.0.salary']);
});

it('takes names from the settings of the flow, from its nodes and from elsewhere', () => {
  const flow = { ...emptyFlow(flowIdSchema.parse('pay'), 'Pay'), settings: { masked: ['IBAN'] } };
  flow.nodes = { read: { type: 'hr.read', version: 1, params: {} } } as never;
  const manifest = {
    masked: ['net_pay'],
    params: { token: { kind: 'text', label: 'Token', masked: true }, plain: { kind: 'text', label: 'Plain' } },
  } as unknown as NodeManifest;
  expect([...maskedNamesOf(flow, new Map([['hr.read@1', manifest]]), ['costRate'])].sort()).toEqual([
    'costrate',
    'iban',
    'netpay',
    'token',
  ]);
});

it('takes hidden values out of words, whole ones only', () => {
  const hidden = [9_000, '9000.50', 'DE', { iban: 'DE02', holder: 'Sofia Keller' }];
  expect(textWithout('Pay 9000.50 of 9000, not 90001, to DE02 (Sofia Keller) in DE.', hidden)).toBe(
    `Pay ${maskedText} of ${maskedText}, not 90001, to ${maskedText} (${maskedText}) in DE.`,
  );
  const moved = { salary: 9_000, title: 'She gets 9000.', code: 9_000, hours: 900, total: 18_000 };
  expect(masked(moved, names)).toEqual({
    salary: maskedText,
    title: `She gets ${maskedText}.`,
    code: maskedText,
    hours: 900,
    total: 18_000,
  });
  const shown = masked(moved, names) as typeof moved;
  expect(unmasked({ ...shown, hours: 8 }, moved, names)).toEqual({ value: { ...moved, hours: 8 }, missing: [] });
});

it('hides 20,000 values among 20,000 texts in one pass', () => {
  const rows = Array.from({ length: 20_000 }, (_, at) => ({
    salary: 100_000 + at,
    note: `row ${100_000 + at} of many`,
  }));
  expect(JSON.stringify(masked(rows, names))).not.toMatch(/1\d{5}/);
});
