import type { RoutingRule } from '@waybill/api-contract';
import { expect, it } from 'vitest';
import type { Routable } from './routing-rules.ts';
import { routed } from './routing-rules.ts';

const aRule = (rule: Partial<RoutingRule>): RoutingRule => ({
  id: 'r',
  class: null,
  flowId: null,
  app: null,
  minValue: null,
  owner: 'billing',
  priority: null,
  slaMs: null,
  escalation: [],
  ...rule,
});
const problem: Routable = { class: 'value', flowId: 'time-to-bill', app: 'NetSuite', amount: 5_000 };

it('takes the first rule that fits in every condition', () => {
  const rules = [
    aRule({ class: 'duplicate', owner: 'data' }),
    aRule({ app: 'netsuite', minValue: 10_000, owner: 'controllers' }),
    aRule({ app: 'netsuite', owner: 'erp-team', priority: 'urgent', slaMs: 60_000 }),
    aRule({ owner: 'everybody' }),
  ];
  expect(routed(rules, problem)).toMatchObject({ rule: 3, owner: 'erp-team', priority: 'urgent', slaMs: 60_000 });
  expect(routed(rules, { ...problem, amount: 20_000 })).toMatchObject({ rule: 2, owner: 'controllers' });
  expect(routed(rules, { ...problem, app: null })).toMatchObject({ rule: 4, owner: 'everybody' });
  expect(routed(rules, { ...problem, class: 'duplicate' })).toMatchObject({ rule: 1, owner: 'data' });
});

it('counts no value as smaller than any', () => {
  expect(routed([aRule({ minValue: 0 })], { ...problem, amount: null })).toMatchObject({ rule: null });
});

it('falls back on the owner of the flow, then on the operators, so that nothing is without one', () => {
  const settings = { errorOwner: 'deal-desk', slaMs: 3_600_000 };
  expect(routed([], problem, settings)).toMatchObject({ rule: null, owner: 'deal-desk', slaMs: 3_600_000 });
  expect(routed([], problem)).toMatchObject({ rule: null, owner: 'operator', slaMs: null, priority: 'normal' });
  expect(routed([aRule({})], problem, settings)).toMatchObject({ owner: 'billing', slaMs: 3_600_000 });
});

it('holds what nobody knows the outcome of for pressing', () => {
  expect(routed([], { ...problem, class: 'in-doubt' })).toMatchObject({ priority: 'high' });
});
