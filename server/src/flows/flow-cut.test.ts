import type { NodeCatalog, NodeManifest } from '@waybill/flow-model';
import { manifestKey } from '@waybill/flow-model';
import { expect, it } from 'vitest';
import { flowOf } from '../../test/test-server.ts';
import { cutFlow } from './flow-cut.ts';

const manifest = (type: string, kind: NodeManifest['kind'], outputs: string[]): NodeManifest => ({
  type,
  version: 1,
  title: type,
  description: '',
  app: 'Test',
  icon: 'box',
  kind,
  synonyms: [],
  params: {},
  credentials: {},
  capabilities: {},
  traits: { effect: 'pure', timeoutMs: 1_000 },
  inputs: kind === 'trigger' ? {} : { in: { label: 'In', schema: {} } },
  outputs: Object.fromEntries(outputs.map((name) => [name, { label: name, schema: {} }])),
});
const catalog: NodeCatalog = new Map(
  [
    manifest('t.start', 'trigger', ['fired']),
    manifest('t.work', 'transform', ['done']),
    manifest('t.branch', 'control', ['yes', 'no']),
  ].map((each) => [manifestKey(each.type, each.version), each]),
);
const flow = flowOf(
  'f',
  {
    start: { type: 't.start' },
    check: { type: 't.branch' },
    big: { type: 't.work' },
    small: { type: 't.work' },
    end: { type: 't.work', join: 'all' },
    later: { type: 't.work' },
  },
  [
    'start.fired>check.in',
    'check.yes>big.in',
    'check.no>small.in',
    'big.done>end.in',
    'small.done>end.in',
    'end.done>later.in',
  ],
);
const lastRun = { check: { port: 'yes', value: 1 }, big: { port: 'done', value: 2 } };
const cut = (kind: 'up-to' | 'only' | 'from', node: string, cached = {}) =>
  cutFlow(flow, catalog, { part: { kind, node }, cached });

it('keeps what leads to the step and drops the rest', () => {
  const { flow: reduced, triggerNode } = cut('up-to', 'big');
  expect(Object.keys(reduced.nodes)).toEqual(['start', 'check', 'big']);
  expect(reduced.pins).toEqual({});
  expect(triggerNode).toBe('start');
});

it('runs a step alone on what the steps before it gave, though another path went dead', () => {
  const { flow: reduced } = cut('only', 'end', lastRun);
  expect(reduced.pins).toEqual(lastRun);
  expect(Object.keys(reduced.edges)).toEqual(['start.fired>check.in', 'check.yes>big.in', 'big.done>end.in']);
  expect(Object.keys(reduced.nodes)).toContain('small');
  expect(Object.keys(reduced.nodes)).not.toContain('later');
});

it('runs from a step on, never on old data of that step or of what follows', () => {
  const { flow: reduced } = cut('from', 'end', { ...lastRun, end: { port: 'done', value: 3 } });
  expect(Object.keys(reduced.nodes)).toContain('later');
  expect(reduced.pins).toEqual(lastRun);
});

it('prefers what is pinned in the draft to data of a run', () => {
  const pinned = { ...flow, pins: { big: { port: 'done', value: 'pinned' } } };
  const { flow: reduced } = cutFlow(pinned, catalog, { part: { kind: 'only', node: 'end' }, cached: lastRun });
  expect(reduced.pins['big']?.value).toBe('pinned');
});

it('says that a step has nothing to run on', () => {
  expect(() => cut('only', 'end')).toThrow(/nothing to run on/);
  expect(() => cut('only', 'small', lastRun)).toThrow(/nothing to run on/);
  expect(() => cut('only', 'gone', lastRun)).toThrow(/no step "gone"/);
});
