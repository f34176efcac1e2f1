import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { aFlow, aRandomFlow, seededRandom } from '../test/builders.ts';
import { edgeId } from './flow.ts';
import { fromText } from './flow-from-text.ts';
import { toText } from './flow-to-text.ts';

const flow = aFlow(
  {
    start: { type: 'core.webhook', params: { path: 'deals' } },
    check: { type: 'core.if', title: 'Big deal?', params: { condition: 'input.amount > 5\nand input.won' } },
    save: {
      type: 'crm.upsert',
      params: { object: 'Account', count: { $: 'input.n' } },
      connections: { account: 'crm' },
    },
  },
  ['start.received>check.in', 'check.true>save.in', 'check.error>save.in'],
  {
    layout: { start: { x: 0, y: 0 }, check: { x: 300, y: 0 } },
    notes: { hint: { text: 'Ask finance', color: 'blue' } },
    pins: { start: { port: 'received', value: { body: 1 } } },
    settings: { vars: { rate: 2 }, businessKey: { $: 'trigger.id' } },
  },
);

const problemsOf = (text: string, layout?: string) => {
  const read = fromText({ 'flow.yaml': text, ...(layout === undefined ? {} : { 'layout.yaml': layout }) });
  return read.ok ? [] : read.problems;
};

it('writes one block per node with its edges under it, and the layout elsewhere', () => {
  const text = toText(flow);
  expect(text['flow.yaml']).toBe(`formatVersion: 1
id: flow-1
name: Test flow
settings:
  businessKey:
    $: trigger.id
  vars:
    rate: 2
nodes:
  check:
    type: core.if
    version: 1
    title: Big deal?
    params:
      condition: |-
        input.amount > 5
        and input.won
    then:
      error:
        - save.in
      "true":
        - save.in

  save:
    type: crm.upsert
    version: 1
    connections:
      account: crm
    params:
      count:
        $: input.n
      object: Account

  start:
    type: core.webhook
    version: 1
    params:
      path: deals
    then:
      received:
        - check.in
notes:
  hint:
    color: blue
    text: Ask finance
`);
  expect(text['layout.yaml']).toBe(`layout:
  check: { x: 300, y: 0 }
  start: { x: 0, y: 0 }
pins:
  start:
    port: received
    value:
      body: 1
`);
});

it('reads back the flow it wrote', () => {
  expect(fromText(toText(flow))).toEqual({ ok: true, flow });
});

it('reads back any flow, and writes it again to the same bytes', () => {
  for (let seed = 1; seed <= 150; seed += 1) {
    const original = aRandomFlow(seededRandom(seed));
    const text = toText(original);
    const read = fromText(text);
    expect(read, `seed ${seed}`).toEqual({ ok: true, flow: original });
    if (read.ok) expect(toText(read.flow), `seed ${seed}`).toEqual(text);
  }
});

it('gives equal text for flows that differ only in the order of their keys', () => {
  const turned = { ...flow, nodes: Object.fromEntries(Object.entries(flow.nodes).toReversed()) };
  expect(toText(turned)).toEqual(toText(flow));
});

it('leaves the text of behaviour alone when a box moves', () => {
  const moved = { ...flow, layout: { start: { x: 999, y: 9 } } };
  expect(toText(moved)['flow.yaml']).toBe(toText(flow)['flow.yaml']);
});

it('merges changes of different nodes with plain git', () => {
  const { check, save, start } = flow.nodes;
  if (!check || !save || !start) throw new Error('the flow under test lost a node');
  const edge = { from: { node: 'save', port: 'done' }, to: { node: 'log', port: 'in' } };
  const ours = {
    ...flow,
    nodes: {
      ...flow.nodes,
      check: { ...check, params: { condition: 'input.amount > 9' } },
      start: { ...start, comment: 'Signed' },
    },
  };
  const theirs = {
    ...flow,
    nodes: {
      ...flow.nodes,
      save: { ...save, type: 'crm.insert', version: 2 },
      log: { type: 'core.set', version: 1, params: {} },
    },
    edges: { ...flow.edges, [edgeId(edge)]: edge },
  };
  const folder = mkdtempSync(join(tmpdir(), 'flow-merge-'));
  try {
    const file = (name: string, of: typeof flow) => {
      const path = join(folder, name);
      writeFileSync(path, toText(of)['flow.yaml']);
      return path;
    };
    const paths = [file('ours', ours), file('base', flow), file('theirs', theirs)];
    const merged = execFileSync('git', ['merge-file', '-p', ...paths], { encoding: 'utf8' });
    const read = fromText({ 'flow.yaml': merged, 'layout.yaml': toText(flow)['layout.yaml'] });
    expect(read).toEqual({
      ok: true,
      flow: { ...theirs, nodes: { ...theirs.nodes, check: ours.nodes.check, start: ours.nodes.start } },
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('names the line of broken YAML, of a wrong field and of a wrong edge', () => {
  const text = toText(flow)['flow.yaml'];
  const lineOf = (part: string) => text.split('\n').findIndex((line) => line.includes(part)) + 1;
  expect(problemsOf(text.replace('name: Test flow', 'name: "Test'))[0]).toMatchObject({ file: 'flow.yaml', line: 3 });
  expect(problemsOf(text.replace('title: Big deal?', 'titel: Big'))).toMatchObject([
    { line: lineOf('title: Big'), column: 5, nodeId: 'check', field: 'titel', fix: 'rename it to "title"' },
  ]);
  expect(problemsOf(text.replace('- check.in', '- check'))).toMatchObject([
    { line: lineOf('- check.in'), nodeId: 'start', what: '"check" is no input' },
  ]);
  expect(problemsOf(text, 'layout:\n  start: { x: 1 }\n')).toMatchObject([{ file: 'layout.yaml', line: 2 }]);
  expect(problemsOf(text, 'extra: 1\n')).toMatchObject([{ file: 'layout.yaml', line: 1 }]);
});

it('refuses conflict markers, repeated keys and files that hold no flow', () => {
  const text = toText(flow)['flow.yaml'];
  expect(problemsOf(`<<<<<<< ours\n${text}`).length).toBeGreaterThan(0);
  expect(problemsOf(`${text}name: Again\n`)).toMatchObject([{ line: text.split('\n').length }]);
  expect(problemsOf('- a\n- b\n')).toMatchObject([{ line: 1 }]);
  expect(problemsOf('').map((problem) => problem.field)).toEqual(
    expect.arrayContaining(['formatVersion', 'id', 'name']),
  );
});

it('needs neither layout, notes, settings nor params', () => {
  const read = fromText({
    'flow.yaml':
      'formatVersion: 1\nid: f\nname: F\nnodes: { a: { type: core.set, version: 1, then: { done: b.in } } }\n',
  });
  expect(read).toMatchObject({ ok: true, flow: { nodes: { a: { params: {} } }, edges: { 'a.done>b.in': {} } } });
});

it('answers damaged text with problems that have a line, and never throws', () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const random = seededRandom(seed);
    const { 'flow.yaml': text, ...rest } = toText(flow);
    const at = Math.floor(random() * text.length);
    const scrap =
      ['', ':', '\n- x\n', '"', '{', '\t', '&a *a', '? ', '<<: *b\n', '\u0000'][Math.floor(random() * 10)] ?? '';
    const read = fromText({
      'flow.yaml': text.slice(0, at) + scrap + text.slice(at + Math.floor(random() * 20)),
      ...rest,
    });
    if (read.ok) expect(read.flow.formatVersion, `seed ${seed}`).toBe(1);
    else
      expect(
        read.problems.every((problem) => problem.line > 0 && problem.what !== ''),
        `seed ${seed}`,
      ).toBe(true);
  }
});

it('refuses a document that multiplies itself through aliases', () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...'bcdefghi'.split('').map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[i]}`).join()}]`),
  ];
  expect(problemsOf(bomb.join('\n'))[0]?.what).toContain('cannot be read');
});
