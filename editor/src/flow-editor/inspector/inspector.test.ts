import type { ParamSpec } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import { aChain, aFlow, aNode, anEdge, catalog } from '../testing.ts';
import { joinDuration, splitDuration } from './duration.ts';
import { asExpression } from './expression/as-expression.ts';
import { completionsAt, pathExpression } from './expression/completions.ts';
import { exampleOf } from './expression/example-of-schema.ts';
import { sampleScope } from './expression/sample-scope.ts';
import { scopeTypes } from './expression/scope-types.ts';
import { tokenize } from './expression/tokens.ts';
import { nextTimes } from './fields/cron-words.ts';
import { isShown, toggleExpression } from './param-value.ts';

const scope = { input: { amount: 7, lines: [{ title: 'Discovery', 'unit price': 3 }] }, steps: { opp: { id: 'x' } } };
const labels = (text: string) => completionsAt(text, text.length, scope)?.items.map((item) => item.label) ?? [];

describe('completing an expression', () => {
  it('offers fields of the data, through lists as JSONata does', () => {
    expect(labels('input.')).toEqual(['amount', 'lines']);
    expect(labels('input.lines.')).toEqual(['title', 'unit price']);
    expect(labels('input.lines[0].t')).toEqual(['title']);
    expect(labels('amount > st')).toEqual(['steps']);
  });

  it('quotes a name that is no plain word', () => {
    expect(completionsAt('input.lines.u', 13, scope)?.items[0]?.insert).toBe('`unit price`');
  });

  it('offers functions after a dollar sign and nothing inside a text', () => {
    expect(labels('$su')).toContain('$sum');
    expect(labels('"input.')).toEqual([]);
  });

  it('writes the path of a dragged field', () => {
    expect(pathExpression('input', ['lines', 0, 'unit price'])).toBe('input.lines[0].`unit price`');
  });
});

describe('colouring an expression', () => {
  it('loses no character', () => {
    const text = '$sum(input.lines.(quantity * 2.5)) > 10 and name = "a\\"b" /* why */';
    expect(
      tokenize(text)
        .map((token) => token.text)
        .join(''),
    ).toBe(text);
  });

  it('tells names of the scope from strings', () => {
    const kinds = tokenize('steps.opp.id & "x"').filter((token) => token.text.trim() !== '&' && token.text.trim());
    expect(kinds.map((token) => token.kind)).toEqual(['path', 'string']);
  });
});

describe('sample data', () => {
  it('prefers the pin, which the next test run uses, then the run, then the example of the step kind', () => {
    const flow = aChain();
    expect(sampleScope(flow, catalog, 'a', {}).scope['input']).toMatchObject({ amount: 7 });
    const pinned = { ...flow, pins: { start: { port: 'fired', value: { amount: 8 } } } };
    expect(sampleScope(pinned, catalog, 'a', {}).scope['input']).toEqual({ amount: 8 });
    const ran = { start: { amount: 9 } };
    expect(sampleScope(pinned, catalog, 'a', ran)).toMatchObject({ from: 'example', scope: { input: { amount: 8 } } });
    expect(sampleScope(flow, catalog, 'a', ran)).toMatchObject({ from: 'run', scope: { input: { amount: 9 } } });
  });

  it('gives the body of a for each its first item', () => {
    const flow = aFlow(
      {
        start: aNode('test.start'),
        each: aNode('test.each', { params: { items: 'input.lines' } }),
        inner: aNode('test.work', { parent: 'each' }),
      },
      [anEdge('start', 'fired', 'each')],
    );
    expect(sampleScope(flow, catalog, 'inner', {}).scope).toMatchObject({ item: { title: 'Discovery' }, index: 0 });
  });

  it('makes a value of the shape a schema asks', () => {
    const schema = {
      type: 'object',
      properties: { n: { type: 'number' }, list: { type: 'array', items: { type: 'string' } } },
    };
    expect(exampleOf(schema)).toEqual({ n: 0, list: [''] });
  });

  it('becomes types for code', () => {
    expect(scopeTypes({ input: { a: [1] } })).toBe('declare const input: { "a": number[] };');
  });
});

describe('param fields', () => {
  const text: ParamSpec = { kind: 'text', label: 'Name' };

  it('turns a literal into an expression and back without losing it', () => {
    const expression = toggleExpression('Acme', text);
    expect(expression).toEqual({ $: '"Acme"' });
    expect(toggleExpression(expression, text)).toBe('Acme');
  });

  it('writes expressions inside an object as part of one expression', () => {
    expect(asExpression({ id: { $: 'steps.card.id' }, rate: { $: 'a & b' }, tags: ['x'] })).toBe(
      '{"id": steps.card.id, "rate": (a & b), "tags": ["x"]}',
    );
  });

  it('does not pretend that a real expression is a literal', () => {
    expect(toggleExpression({ $: 'input.name' }, text)).toBeUndefined();
  });

  it('shows a dependent field only for a fitting value, defaults included', () => {
    const specs: Record<string, ParamSpec> = {
      mode: { kind: 'choice', label: 'Mode', options: [], default: 'a' },
      extra: { kind: 'text', label: 'Extra', when: { param: 'mode', is: ['b'] } },
    };
    expect(isShown(specs['extra']!, {}, specs)).toBe(false);
    expect(isShown(specs['extra']!, { mode: 'b' }, specs)).toBe(true);
    expect(isShown(specs['extra']!, { mode: { $: 'input.mode' } }, specs)).toBe(true);
  });

  it('shows a duration in its largest whole unit', () => {
    expect(splitDuration(7_200_000)).toEqual({ amount: 2, unit: 'h' });
    expect(splitDuration(90_000)).toEqual({ amount: 90, unit: 's' });
    expect(joinDuration(1.5, 'h')).toBe(5_400_000);
  });

  it('says when a timetable is due next, in its own time zone', () => {
    const next = nextTimes('0 7 * * 1-5', 'Europe/Berlin', new Date('2026-01-02T12:00:00Z'), 2);
    expect(next).toEqual({ times: [expect.stringContaining('Mon'), expect.stringContaining('07:00')] });
    expect(nextTimes('every day', 'UTC', new Date())).toHaveProperty('problem');
  });
});
