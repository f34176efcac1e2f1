import type { JsonValue, ParamSpec } from '@waybill/flow-model';
import { expect, it } from 'vitest';
import { bindingsFor } from './expression.ts';
import { resolveParams } from './params.ts';

const scope = { input: { name: 'Acme', amount: 12, lines: [{ n: 1 }] }, vars: { rate: 2 } };
const resolve = (raw: Record<string, JsonValue>, specs: Record<string, ParamSpec>) =>
  resolveParams(raw, specs, { scope, bindings: bindingsFor({ now: 0, seed: 's' }) });
const text: ParamSpec = { kind: 'text', label: 'Name' };
const optionalText: ParamSpec = { kind: 'text', label: 'Note', optional: true };

it('keeps literals and evaluates expressions anywhere inside them', async () => {
  const json: ParamSpec = { kind: 'json', label: 'Body' };
  const raw = { body: { a: [1, { $: 'input.amount * vars.rate' }], b: { c: { $: 'input.name' } } } };
  expect(await resolve(raw, { body: json })).toEqual({ body: { a: [1, 24], b: { c: 'Acme' } } });
});

it('takes the text of an expression param as an expression by itself', async () => {
  const specs = { when: { kind: 'expression', label: 'Condition', yields: 'boolean' } as ParamSpec };
  expect(await resolve({ when: 'input.amount > 10' }, specs)).toEqual({ when: true });
  expect(await resolve({ when: 'input.nope' }, specs)).toEqual({ when: null });
});

it('gives a list where a list is promised', async () => {
  const specs = { items: { kind: 'expression', label: 'Items', yields: 'array' } as ParamSpec };
  expect(await resolve({ items: 'input.lines' }, specs)).toEqual({ items: [{ n: 1 }] });
  expect(await resolve({ items: 'input.lines[0]' }, specs)).toEqual({ items: [{ n: 1 }] });
  expect(await resolve({ items: 'input.nope' }, specs)).toEqual({ items: [] });
});

it('leaves out what an expression did not find, and keeps the place in a list', async () => {
  const json: ParamSpec = { kind: 'json', label: 'Body' };
  const raw = { body: { a: { $: 'input.nope' }, b: [{ $: 'input.nope' }] } };
  expect(await resolve(raw, { body: json })).toEqual({ body: { b: [null] } });
  expect(await resolve({ note: { $: 'input.nope' } }, { note: optionalText })).toEqual({});
});

it('takes durations in whole milliseconds, and none that leads out of the calendar', async () => {
  const specs = { for: { kind: 'duration', label: 'For' } as ParamSpec };
  expect(await resolve({ for: { $: '3600000 / 7' } }, specs)).toEqual({ for: 514_286 });
  await expect(resolve({ for: { $: '1e300' } }, specs)).rejects.toThrow(/at most 3155760000000/);
});

it('fills in defaults and does not share them', async () => {
  const specs = { body: { kind: 'json', label: 'Body', default: { a: 1 } } as ParamSpec };
  const first = await resolve({}, specs);
  (first['body'] as { a: number }).a = 2;
  expect(await resolve({}, specs)).toEqual({ body: { a: 1 } });
});

it('evaluates the fields of list rows, expression fields included', async () => {
  const cases: ParamSpec = {
    kind: 'list',
    label: 'Cases',
    item: { port: text, condition: { kind: 'expression', label: 'Condition' } } as never,
  };
  const raw = { cases: [{ port: 'big', condition: 'input.amount > 10' }] };
  expect(await resolve(raw, { cases })).toEqual({ cases: [{ port: 'big', condition: true }] });
});

it('does not ask for a param that its form hides', async () => {
  const specs: Record<string, ParamSpec> = {
    mode: {
      kind: 'choice',
      label: 'Mode',
      options: [
        { value: 'a', label: 'A' },
        { value: 'b', label: 'B' },
      ],
    },
    header: { kind: 'text', label: 'Header', when: { param: 'mode', is: ['b'] } },
  };
  expect(await resolve({ mode: 'a' }, specs)).toEqual({ mode: 'a' });
  await expect(resolve({ mode: 'b' }, specs)).rejects.toMatchObject({ code: 'PARAM_INVALID' });
});

const kinds: [string, ParamSpec, JsonValue][] = [
  ['a missing value', text, { $: 'input.nope' }],
  ['a number for text', text, 1],
  ['text that is too long', { ...text, maxLength: 2 } as ParamSpec, 'abc'],
  ['text of another pattern', { ...text, pattern: '^a+$' } as ParamSpec, 'b'],
  ['a fraction for a whole number', { kind: 'integer', label: 'Count' }, 1.5],
  ['a number out of bounds', { kind: 'number', label: 'Count', max: 3 }, 4],
  ['text for a switch', { kind: 'boolean', label: 'On' }, 'yes'],
  ['an unknown choice', { kind: 'choice', label: 'Mode', options: [{ value: 'a', label: 'A' }] }, 'b'],
  ['a date that is none', { kind: 'datetime', label: 'At' }, 'soon'],
  ['a negative duration', { kind: 'duration', label: 'Wait' }, -1],
  ['a list for a mapping', { kind: 'mapping', label: 'Fields' }, []],
  ['a mapping without its field', { kind: 'mapping', label: 'Fields', fields: [{ name: 'a', required: true }] }, {}],
  ['a value of another schema', { kind: 'json', label: 'Body', schema: { type: 'object', required: ['a'] } }, {}],
  ['one person instead of a list', { kind: 'people', label: 'Who' }, 'anna'],
  ['a row that is no object', { kind: 'list', label: 'Rows', item: {} }, [1]],
];
it.each(kinds)('refuses %s and names the field', async (_name, spec, value) => {
  await expect(resolve({ field: value }, { field: spec })).rejects.toMatchObject({
    code: 'PARAM_INVALID',
    details: { what: expect.stringContaining(`"${spec.label}" (field`), owner: 'user' },
  });
});

it('says which expression failed and where', async () => {
  await expect(resolve({ name: { $: 'input.amount + "a"' } }, { name: text })).rejects.toMatchObject({
    code: 'EXPRESSION_FAILED',
    details: { what: expect.stringContaining('input.amount') },
  });
});

it('does not do without a field that must come to something once it is set', async () => {
  const requester: ParamSpec = { kind: 'text', label: 'Requested by', optional: true, neverBlank: true };
  expect(await resolve({}, { requester })).toEqual({});
  expect(await resolve({ requester: { $: 'input.name' } }, { requester })).toEqual({ requester: 'Acme' });
  for (const found of ['input.nope', 'null', '"  "'])
    await expect(resolve({ requester: { $: found } }, { requester })).rejects.toThrow(/"Requested by" is set/);
});
