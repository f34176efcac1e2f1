import { expect, it } from 'vitest';
import { aCatalog, aFlow, aRandomFlow, seededRandom } from '../test/builders.ts';
import { changesBehaviour, diffFlows, fieldChanges } from './diff-flows.ts';
import { summariseDiff } from './summarise-diff.ts';

const before = aFlow(
  {
    start: { type: 'core.webhook' },
    check: { type: 'core.if', title: 'Big deal?', params: { condition: 'input.a > 5' } },
    save: { type: 'crm.upsert', title: 'Save', params: { object: 'Account', count: 1 } },
  },
  ['start.received>check.in', 'check.true>save.in'],
  { layout: { start: { x: 0, y: 0 }, save: { x: 1, y: 1 } }, settings: { slaMs: 10 } },
);
const after = aFlow(
  {
    start: { type: 'core.webhook' },
    check: { type: 'core.if', title: 'Huge deal?', params: { condition: 'input.a > 9' } },
    save: { type: 'crm.upsert', title: 'Save', params: { object: 'Account', count: { $: 'input.n' } }, disabled: true },
    log: { type: 'core.set', title: 'Log' },
  },
  ['start.received>check.in', 'check.false>save.in', 'save.done>log.in'],
  { name: 'Deals', layout: { start: { x: 50, y: 0 }, save: { x: 1, y: 1 }, log: { x: 5, y: 5 } } },
);

it('tells added, changed and moved nodes, edges and settings apart', () => {
  expect(diffFlows(before, after)).toEqual({
    header: [{ field: 'name', before: 'Test flow', after: 'Deals' }],
    added: ['log'],
    removed: [],
    changed: [
      {
        id: 'check',
        fields: [
          { field: 'params.condition', before: 'input.a > 5', after: 'input.a > 9' },
          { field: 'title', before: 'Big deal?', after: 'Huge deal?' },
        ],
      },
      {
        id: 'save',
        fields: [
          { field: 'disabled', after: true },
          { field: 'params.count', before: 1, after: { $: 'input.n' } },
        ],
      },
    ],
    edges: {
      added: [after.edges['check.false>save.in'], after.edges['save.done>log.in']],
      removed: [before.edges['check.true>save.in']],
    },
    settings: [{ field: 'slaMs', before: 10 }],
    notes: { added: [], removed: [], changed: [] },
    pins: [],
    moved: ['start'],
  });
});

it('puts the changes in words', () => {
  expect(summariseDiff(diffFlows(before, after), before, after, aCatalog())).toEqual([
    'Changed the flow\'s name from "Test flow" to "Deals".',
    'Added "Log" after "Save".',
    'Changed Condition of "Huge deal?" from input.a > 5 to input.a > 9.',
    'Renamed "Big deal?" to "Huge deal?".',
    'Disabled "Save".',
    'Changed Count of "Save" from 1 to input.n.',
    'Connected "Huge deal?" (No) to "Save".',
    'Disconnected "Big deal?" (Yes) to "Save".',
    'Cleared the setting slaMs (was 10).',
    'Moved 1 box on the canvas.',
  ]);
});

it('finds no difference between a flow and its copy, and undoes itself when turned round', () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const one = aRandomFlow(seededRandom(seed));
    const two = aRandomFlow(seededRandom(seed + 1_000));
    const same = diffFlows(one, structuredClone(one));
    expect([same.added, same.removed, same.changed, same.moved, changesBehaviour(same)], `seed ${seed}`).toEqual([
      [],
      [],
      [],
      [],
      false,
    ]);
    expect(diffFlows(one, two).added, `seed ${seed}`).toEqual(diffFlows(two, one).removed);
  }
});

it('does not count titles, comments, notes and positions as behaviour', () => {
  const start = { type: 'core.webhook', version: 1, params: {} };
  const renamed = {
    ...before,
    nodes: { ...before.nodes, start: { ...start, title: 'Begin', comment: 'x' } },
    layout: {},
    notes: { n: { text: '' } },
  };
  expect(changesBehaviour(diffFlows(before, renamed))).toBe(false);
  expect(changesBehaviour(diffFlows(before, after))).toBe(true);
});

it('names the row of a list, unless rows came or went', () => {
  expect(fieldChanges({ a: [{ n: 1 }, { n: 2 }] }, { a: [{ n: 1 }, { n: 3 }] })).toEqual([
    { field: 'a.1.n', before: 2, after: 3 },
  ]);
  expect(fieldChanges({ a: [1] }, { a: [1, 2] })).toEqual([{ field: 'a', before: [1], after: [1, 2] }]);
});
