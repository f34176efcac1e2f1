import { expect, it } from 'vitest';
import { aCatalog, aFlow, aManifest } from '../test/builders.ts';
import type { Flow } from './flow.ts';
import type { ValidateOptions } from './flow-check.ts';
import type { NodeCatalog } from './manifest.ts';
import { validateFlow } from './validate-flow.ts';

const hook = { type: 'core.webhook' };
const set = { type: 'core.set' };

const codes = (flow: Flow, catalog: NodeCatalog = aCatalog(), options: ValidateOptions = {}) =>
  validateFlow(flow, catalog, options).map((problem) => problem.code);
const only = (flow: Flow, catalog: NodeCatalog = aCatalog(), options: ValidateOptions = {}) => {
  const problems = validateFlow(flow, catalog, options);
  expect(problems).toHaveLength(1);
  return problems[0];
};
/** A flow whose one problem can only be in the params of `node`. */
const after = (node: Parameters<typeof aFlow>[0][string], port = 'in') =>
  aFlow({ start: hook, node }, [`start.received>node.${port}`]);

it('finds nothing wrong with a sound flow', () => {
  const flow = aFlow(
    {
      start: hook,
      check: { type: 'core.if', params: { condition: 'trigger.body.amount > 5' } },
      each: { type: 'core.for-each', params: { items: 'input.body.lines' } },
      inner: { ...set, parent: 'each', params: { fields: { n: { $: 'item.name & steps.check.id & index' } } } },
      save: {
        type: 'crm.upsert',
        params: { object: 'Account', count: { $: '$count(steps.each)' } },
        connections: { account: 'crm' },
      },
    },
    ['start.received>check.in', 'check.true>each.in', 'each.done>save.in', 'check.error>save.in'],
    { settings: { businessKey: { $: 'trigger.body.id' } } },
  );
  expect(validateFlow(flow, aCatalog(), { roles: ['crm'] })).toEqual([]);
});

it('reports every problem at once', () => {
  const flow = aFlow(
    { start: hook, a: { type: 'core.nothing' }, b: { type: 'crm.upsert', params: { count: 99, colour: 1 } } },
    ['start.received>b.nowhere', 'b.done>ghost.in'],
  );
  expect(codes(flow)).toEqual(
    expect.arrayContaining([
      'NODE_TYPE_UNKNOWN',
      'PARAM_MISSING',
      'PARAM_OUT_OF_RANGE',
      'PARAM_UNKNOWN',
      'CREDENTIAL_UNBOUND',
      'EDGE_PORT_MISSING',
      'EDGE_NODE_MISSING',
    ]),
  );
});

it('suggests the type that was probably meant, and the versions that are installed', () => {
  expect(only(after({ type: 'core.sett' }))).toMatchObject({
    nodeId: 'node',
    fix: expect.stringContaining('core.set'),
  });
  expect(only(after({ ...set, version: 7 }))).toMatchObject({
    code: 'NODE_VERSION_UNKNOWN',
    fix: 'choose an installed version: 1',
  });
});

it.each([
  ['text', { kind: 'text', label: 'T', maxLength: 3 }, 'abcd', 'PARAM_OUT_OF_RANGE'],
  ['text', { kind: 'text', label: 'T', pattern: '^a' }, 'b', 'PARAM_ILL_TYPED'],
  ['integer', { kind: 'integer', label: 'I' }, 1.5, 'PARAM_ILL_TYPED'],
  ['integer below', { kind: 'integer', label: 'I', min: 3 }, 2, 'PARAM_OUT_OF_RANGE'],
  ['number', { kind: 'number', label: 'N' }, '5', 'PARAM_ILL_TYPED'],
  ['boolean', { kind: 'boolean', label: 'B' }, 'yes', 'PARAM_ILL_TYPED'],
  ['choice', { kind: 'choice', label: 'C', options: [{ value: 'a', label: 'A' }] }, 'b', 'PARAM_ILL_TYPED'],
  ['duration', { kind: 'duration', label: 'D', maxMs: 10 }, 11, 'PARAM_OUT_OF_RANGE'],
  ['datetime', { kind: 'datetime', label: 'D' }, 'tomorrow', 'PARAM_ILL_TYPED'],
  ['json', { kind: 'json', label: 'J', schema: { type: 'array' } }, {}, 'PARAM_ILL_TYPED'],
  ['mapping', { kind: 'mapping', label: 'M' }, [], 'PARAM_ILL_TYPED'],
  ['mapping field', { kind: 'mapping', label: 'M', fields: [{ name: 'a', required: true }] }, {}, 'PARAM_MISSING'],
  ['json code', { kind: 'code', label: 'C', language: 'json' }, '{', 'PARAM_ILL_TYPED'],
  ['cron', { kind: 'cron', label: 'C' }, 'every day', 'PARAM_ILL_TYPED'],
  ['timezone', { kind: 'timezone', label: 'Z' }, 'Mars/Base', 'PARAM_ILL_TYPED'],
  ['people', { kind: 'people', label: 'P' }, 'anna', 'PARAM_ILL_TYPED'],
  ['list', { kind: 'list', label: 'L', item: {} }, 'x', 'PARAM_ILL_TYPED'],
  ['row', { kind: 'list', label: 'L', item: { a: { kind: 'text', label: 'A' } } }, [{}], 'PARAM_MISSING'],
  ['literal only', { kind: 'text', label: 'T', expression: false }, { $: '"a"' }, 'PARAM_EXPRESSION_REFUSED'],
] as const)('refuses a wrong literal of a %s param', (_name, spec, value, code) => {
  const manifest = aManifest('test.node', { params: { value: spec as never } });
  const problem = only(after({ type: 'test.node', params: { value: value as never } }), aCatalog(manifest));
  expect(problem).toMatchObject({ code, severity: 'error', nodeId: 'node', field: expect.stringMatching(/^value/) });
});

it('takes an expression in place of any literal, also inside objects and rows', () => {
  const manifest = aManifest('test.node', {
    params: {
      count: { kind: 'integer', label: 'Count', max: 3 },
      rows: { kind: 'list', label: 'Rows', item: { n: { kind: 'integer', label: 'N' } } },
      body: { kind: 'json', label: 'Body', schema: { type: 'object', required: ['a'] } },
    },
  });
  const params = {
    count: { $: 'input.n' },
    rows: [{ n: { $: 'input.n' } }, { $: 'input.row' }],
    body: { b: { $: 'input' } },
  };
  expect(codes(after({ type: 'test.node', params }), aCatalog(manifest))).toEqual([]);
});

it('asks for a param only while the form shows it', () => {
  const manifest = aManifest('test.node', {
    params: {
      mode: { kind: 'text', label: 'Mode', default: 'plain' },
      secret: { kind: 'text', label: 'Secret', when: { param: 'mode', is: ['signed'] } },
    },
  });
  expect(codes(after({ type: 'test.node' }), aCatalog(manifest))).toEqual([]);
  expect(codes(after({ type: 'test.node', params: { mode: { $: 'vars' } } }), aCatalog(manifest))).toEqual([]);
  expect(only(after({ type: 'test.node', params: { mode: 'signed' } }), aCatalog(manifest))).toMatchObject({
    code: 'PARAM_MISSING',
    field: 'secret',
  });
});

it('says where an expression is broken', () => {
  const flow = after({ type: 'core.if', params: { condition: 'input.a =\n  = 3' } });
  expect(only(flow)).toMatchObject({
    code: 'EXPRESSION_SYNTAX',
    nodeId: 'node',
    field: 'condition',
    what: expect.stringContaining('line 2, column 3'),
  });
});

it.each([
  ['steps.strat.id', 'EXPRESSION_STEP_UNKNOWN', 'did you mean steps.start?'],
  ['steps.late.id', 'EXPRESSION_STEP_NOT_VISIBLE', 'use a step before this one: start'],
  ['steps.node.id', 'EXPRESSION_STEP_NOT_VISIBLE', 'use a step before this one: start'],
  ['input.lines.(steps.start.id)', 'EXPRESSION_NAME_SHADOWED', 'write $$.steps.start'],
  ['inptu.id', 'EXPRESSION_NAME_UNKNOWN', 'did you mean "input"?'],
  ['item.id', 'EXPRESSION_NAME_UNKNOWN', 'use input, or move the node into the container'],
  ['vars.rate', 'EXPRESSION_NAME_UNKNOWN', 'add "rate" to the variables in the flow\'s settings'],
])('explains why %s has no value', (text, code, fix) => {
  const flow = aFlow({ start: hook, node: { type: 'core.if', params: { condition: text } }, late: set }, [
    'start.received>node.in',
    'node.true>late.in',
  ]);
  expect(only(flow)).toMatchObject({ code, fix, field: 'condition' });
});

it('does not let an expression look into a container, nor a body read the container around it', () => {
  const flow = aFlow(
    {
      start: hook,
      each: { type: 'core.for-each', params: { items: 'input' } },
      inner: { ...set, parent: 'each', params: { fields: { a: { $: 'steps.each' } } } },
      later: { ...set, params: { fields: { a: { $: 'steps.inner' } } } },
    },
    ['start.received>each.in', 'each.done>later.in'],
  );
  expect(codes(flow)).toEqual(['EXPRESSION_STEP_NOT_VISIBLE', 'EXPRESSION_STEP_NOT_VISIBLE']);
});

it('names the nodes of a cycle in order', () => {
  const flow = aFlow({ start: hook, a: set, b: set, c: set }, [
    'start.received>a.in',
    'a.done>b.in',
    'b.done>c.in',
    'c.done>a.in',
  ]);
  expect(only(flow)?.what).toContain('a -> b -> c -> a');
});

it.each([
  [
    'an edge over a container border',
    { e: { type: 'core.for-each', params: { items: 'input' } }, i: { ...set, parent: 'e' } },
    ['start.received>e.in', 'start.received>i.in'],
    'EDGE_CROSSES_CONTAINER',
  ],
  ['a parent that is missing', { i: { ...set, parent: 'gone' } }, [], 'PARENT_MISSING'],
  [
    'a parent that is no container',
    { s: set, i: { ...set, parent: 's' } },
    ['start.received>s.in'],
    'PARENT_NOT_CONTAINER',
  ],
  [
    'an empty container',
    { e: { type: 'core.for-each', params: { items: 'input' } } },
    ['start.received>e.in'],
    'CONTAINER_EMPTY',
  ],
  ['an unreachable node', { s: set }, [], 'NODE_UNREACHABLE'],
  ['an edge into a trigger', { s: set }, ['start.received>s.in', 's.done>start.event'], 'EDGE_INTO_TRIGGER'],
  ['an answer nobody waits for', { r: { type: 'core.respond' } }, ['start.received>r.in'], 'RESPOND_WITHOUT_WEBHOOK'],
  [
    'a trigger in a container',
    { e: { type: 'core.for-each', params: { items: 'input' } }, t: { ...hook, parent: 'e' } },
    ['start.received>e.in'],
    'TRIGGER_IN_CONTAINER',
  ],
] as const)('finds %s', (_name, nodes, edges, code) => {
  expect(codes(aFlow({ start: hook, ...nodes }, [...edges]))).toContain(code);
});

it('finds containers that lie in each other', () => {
  const each = { type: 'core.for-each', params: { items: 'input' } };
  const flow = aFlow({
    start: hook,
    a: { ...each, parent: 'b' },
    b: { ...each, parent: 'a' },
    c: { ...each, parent: 'c' },
  });
  expect(codes(flow).filter((code) => code === 'NESTING_CYCLE')).toHaveLength(3);
});

it('wants something that starts the flow', () => {
  expect(codes(aFlow({ a: set }))).toEqual(['TRIGGER_MISSING']);
  expect(only(aFlow({ start: { ...hook, disabled: true } }))).toMatchObject({
    code: 'TRIGGER_DISABLED',
    severity: 'error',
  });
  expect(only(aFlow({ start: hook, other: { ...hook, disabled: true } }))).toMatchObject({ severity: 'warning' });
});

it('warns of a webhook that waits for an answer no node gives', () => {
  expect(only(aFlow({ start: { ...hook, params: { respond: 'whenResponds' } } }))?.code).toBe(
    'WEBHOOK_WITHOUT_RESPOND',
  );
});

it('takes the role a node proposes, and refuses roles that do not exist', () => {
  const manifest = aManifest('test.node', { credentials: { account: { type: 'crm', label: 'CRM', role: 'crm' } } });
  expect(codes(after({ type: 'test.node' }), aCatalog(manifest), { roles: ['crm'] })).toEqual([]);
  expect(codes(after({ type: 'test.node' }), aCatalog(manifest), { roles: ['erp'] })).toEqual(['ROLE_UNKNOWN']);
  const bound = after({ type: 'test.node', connections: { account: 'con_7' } });
  expect(codes(bound, aCatalog(manifest), { roles: ['erp'], connections: ['con_7'] })).toEqual([]);
});

it('refuses tables and flows that do not exist, where it knows which do', () => {
  const manifest = aManifest('test.node', {
    params: { table: { kind: 'table', label: 'Table' }, flow: { kind: 'flow', label: 'Flow' } },
  });
  const flow = after({ type: 'test.node', params: { table: 'rates', flow: 'f1' } });
  expect(codes(flow, aCatalog(manifest))).toEqual([]);
  expect(codes(flow, aCatalog(manifest), { tables: ['rate'], flows: [] })).toEqual(['TABLE_UNKNOWN', 'FLOW_UNKNOWN']);
});

it('refuses ports of a switch that clash', () => {
  const cases = ['big', 'big', 'otherwise', 'error'].map((port) => ({ port, condition: 'true' }));
  expect(codes(after({ type: 'core.switch', params: { cases } }))).toEqual([
    'PORT_DUPLICATE',
    'PORT_DUPLICATE',
    'PORT_DUPLICATE',
  ]);
});

it('lets edges leave by the ports that the rows of a switch name', () => {
  const flow = aFlow(
    { start: hook, way: { type: 'core.switch', params: { cases: [{ port: 'big', condition: 'true' }] } }, end: set },
    ['start.received>way.in', 'way.big>end.in', 'way.otherwise>end.in'],
  );
  expect(codes(flow)).toEqual([]);
});

it('refuses a retry policy whose first delay exceeds the longest', () => {
  const flow = after({ ...set, retry: { attempts: 2, firstDelayMs: 10, maxDelayMs: 5 } });
  expect(only(flow)).toMatchObject({ code: 'RETRY_POLICY_INVALID', field: 'retry.firstDelayMs' });
});

it('refuses data of a type the next port cannot take, and warns where a field may be absent', () => {
  const source = (schema: object) =>
    aManifest('test.source', { outputs: { done: { label: '', schema: schema as never } } });
  const target = aManifest('test.target', {
    inputs: { in: { label: '', schema: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] } } },
  });
  const flow = aFlow({ start: hook, a: { type: 'test.source' }, b: { type: 'test.target' } }, [
    'start.received>a.in',
    'a.done>b.in',
  ]);
  const found = (schema: object) => validateFlow(flow, aCatalog(source(schema), target));
  expect(found({})).toEqual([]);
  expect(found({ type: 'array' })).toMatchObject([{ code: 'PORT_TYPES_DIFFER', severity: 'error' }]);
  expect(found({ type: 'object', properties: { name: {} } })).toMatchObject([{ severity: 'warning' }]);
});

it('holds a disabled node to nothing that would stop the others', () => {
  const flow = after({ type: 'crm.upsert', disabled: true });
  expect(validateFlow(flow, aCatalog()).every((problem) => problem.severity === 'warning')).toBe(true);
});

it('does not let the settings read a step', () => {
  const flow = aFlow({ start: hook }, [], {
    settings: { orderingKey: { $: 'steps.start.id' }, businessKey: { $: 'trigger.(' } },
  });
  expect(codes(flow)).toEqual(['EXPRESSION_SYNTAX', 'EXPRESSION_STEP_NOT_VISIBLE']);
});

it('warns of pinned data', () => {
  const flow = aFlow({ start: hook }, [], { pins: { start: { port: 'received', value: 1 } } });
  expect(only(flow)).toMatchObject({ code: 'PIN_PRESENT', severity: 'warning' });
});

it('judges a flow of thousands of nodes without exhausting the stack', () => {
  const ids = Array.from({ length: 4_000 }, (_, index) => `n${index}`);
  const nodes = Object.fromEntries(ids.map((id) => [id, set]));
  const edges = ids.slice(1).map((id, index) => `n${index}.done>${id}.in`);
  expect(codes(aFlow({ start: hook, ...nodes }, ['start.received>n0.in', ...edges]))).toEqual([]);
});

it('does not take a name that every object has for a node', () => {
  const flow = aFlow({ start: hook, a: { ...set, parent: 'constructor' } }, ['start.received>toString.in']);
  expect(codes(flow)).toEqual(expect.arrayContaining(['EDGE_NODE_MISSING', 'PARENT_MISSING']));
});

it('refuses a note that has the id of a node', () => {
  expect(only(aFlow({ start: hook }, [], { notes: { start: { text: '' } } }))?.code).toBe('NOTE_ID_TAKEN');
});

it('warns of an order that has no key, and of a hold that holds nothing', () => {
  const codes = (settings: object) =>
    validateFlow(aFlow({ start: { type: 'core.webhook' } }, [], { settings }), aCatalog()).map(
      ({ code, field, severity }) => `${severity} ${code} ${field}`,
    );
  expect(codes({ ordering: 'strict', onFailed: 'hold' })).toEqual([
    'warning ORDERING_KEY_MISSING settings.ordering',
    'warning ORDERING_KEY_MISSING settings.onFailed',
  ]);
  expect(codes({ orderingKey: { $: 'trigger.id' }, ordering: 'start-order', onFailed: 'hold' })).toEqual([
    'warning ORDERING_HOLDS_NOTHING settings.onFailed',
  ]);
  expect(codes({ orderingKey: { $: 'trigger.id' }, onFailed: 'hold' })).toEqual([]);
});
