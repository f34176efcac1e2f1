import { expect, it } from 'vitest';
import { aCatalog, aFlow } from '../test/builders.ts';
import { readBack } from './read-back.ts';

it('tells a flow in sentences, in the order things happen', () => {
  const flow = aFlow(
    {
      tell: { type: 'core.set', title: 'Tell sales' },
      dealWon: { type: 'core.webhook', title: 'Deal won', params: { path: 'deals' } },
      big: { type: 'core.if', title: 'Big deal?', params: { condition: 'input.amount > 50000' } },
      lines: { type: 'core.for-each', params: { items: 'input.lines' } },
      save: {
        type: 'crm.upsert',
        title: 'Save line',
        parent: 'lines',
        params: { object: 'Line' },
        connections: { account: 'crm' },
      },
    },
    ['dealWon.received>big.in', 'big.true>lines.in', 'big.false>tell.in', 'lines.error>tell.in'],
    { settings: { orderingKey: { $: 'trigger.body.account' }, slaMs: 5_400_000 } },
  );
  expect(readBack(flow, aCatalog())).toEqual([
    'When another system calls "Deal won" (Address "deals"), the flow starts.',
    'After "Deal won", "Big deal?" does "If" – Condition: input.amount > 50000.',
    'If "Big deal?" ends with Yes, "For each" runs, doing the following for every item – List: input.lines.',
    '  First, "Save line" does "Save a record" in CRM (crm) – Object: "Line".',
    'If "Big deal?" ends with No or if "For each" fails, "Tell sales" does "Set fields".',
    'Runs with the same trigger.body.account go one after another, in the order they came.',
    'A run should be done within 90 minutes.',
  ]);
});

it('says what is switched off, unknown or not connected', () => {
  const flow = aFlow({ a: { type: 'core.set', disabled: true }, b: { type: 'no.such' } });
  expect(readBack(flow, aCatalog())).toEqual([
    'Without anything leading to it, "Set fields" runs. It is switched off.',
    'Without anything leading to it, "b" runs, a node of the unknown type no.such.',
  ]);
});

it('names the fields of a mapping and the ways that lead to the same step', () => {
  const fields = { a: { $: 'input.a' }, b: 2, c: { deep: 1 }, d: 'x', e: 1, f: 1 };
  const flow = aFlow(
    { check: { type: 'core.if', params: { condition: 'true' } }, end: { type: 'core.set', params: { fields } } },
    ['check.true>end.in', 'check.false>end.in'],
  );
  expect(readBack(flow, aCatalog())[1]).toBe(
    'If "If" ends with Yes or No, "Set fields" runs – Fields: a = input.a, b = 2, c = …, d = "x" and 2 more.',
  );
});

it('says how runs of one ordering key follow each other', () => {
  const sentence = (settings: object) => {
    const flow = aFlow({ start: { type: 'core.webhook' } }, [], {
      settings: { orderingKey: { $: 'trigger.id' }, ...settings },
    });
    return readBack(flow, aCatalog()).slice(1);
  };
  expect(sentence({ ordering: 'until-first-wait', onFailed: 'hold' })).toEqual([
    'Runs with the same trigger.id begin in the order they came, each once the one before is done or waits.',
    'A run that fails keeps the ones behind it until a person lets them go.',
  ]);
  expect(sentence({ ordering: 'start-order' })).toEqual([
    'Runs with the same trigger.id begin in the order they came, without waiting for each other.',
  ]);
});
