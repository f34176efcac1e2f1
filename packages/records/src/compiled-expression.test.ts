import jsonata from 'jsonata';
import { expect, it } from 'vitest';
import { compileExpression } from './compiled-expression.ts';
import { undecided } from './undecided.ts';

/** A repeatable stream of numbers in [0, 1). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

const samples = [
  ...[
    '',
    ' ',
    'abc',
    'Müller & Söhne',
    '  a  b ',
    '12',
    '-3.50',
    '1e3',
    '0x1F',
    'abc',
    '😀x',
    'null',
    '.5',
    '1.',
    '-0',
  ],
  ...[0, -0, 1, -1, 2.5, 3.5, -2.5, 1.005, 1e21, 1e-7, 123456.789, 0.1, Number.MAX_SAFE_INTEGER],
  ...[true, false, null, undefined, [], [1, 2], ['x'], {}, { a: 1 }],
];
const literals = ['0', '1', '2', '-1', '3', '0.5', '"a"', '"b"', '""', '"1"', 'true', 'false', 'null', '100'];
const paths = ['record.a', 'record.b', 'record.c', 'record.missing', 'row', 'values.rate', 'record'];
const calls = [
  ['number', 1],
  ['substring', 2],
  ['substring', 3],
  ['round', 1],
  ['round', 2],
  ['trim', 1],
  ['uppercase', 1],
  ['lowercase', 1],
  ['length', 1],
  ['substringBefore', 2],
  ['substringAfter', 2],
  ['contains', 2],
  ['abs', 1],
  ['floor', 1],
  ['ceil', 1],
  ['string', 1],
  ['not', 1],
  ['exists', 1],
] as const;
const operators = ['+', '-', '*', '/', '%', '=', '!=', '<', '<=', '>', '>=', '&', 'and', 'or'];

function randomExpression(random: () => number, depth: number): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const inner = () => randomExpression(random, depth - 1);
  const kind = depth === 0 ? random() * 0.4 : random();
  if (kind < 0.15) return pick(literals);
  if (kind < 0.4) return pick(paths);
  if (kind < 0.65) return `(${inner()} ${pick(operators)} ${inner()})`;
  if (kind < 0.85) {
    const [name, count] = pick(calls);
    return `$${name}(${Array.from({ length: count }, inner).join(', ')})`;
  }
  if (kind < 0.92) return `(${inner()} ? ${inner()} : ${inner()})`;
  if (kind < 0.96) return `-${pick(paths)}`;
  return `{"x": ${inner()}, "y": ${inner()}}`;
}

const outcomeOf = async (act: () => unknown): Promise<{ value: unknown } | 'failed'> => {
  try {
    return { value: JSON.stringify(await act()) ?? 'nothing' };
  } catch {
    return 'failed';
  }
};

it('gives what JSONata gives, or leaves the answer to JSONata', async () => {
  const random = seeded(20_261_121);
  let decided = 0;
  let compiledCount = 0;
  for (let round = 0; round < 4_000; round += 1) {
    const text = randomExpression(random, 3);
    const compiled = compileExpression(text);
    if (!compiled) continue;
    compiledCount += 1;
    const pick = () => samples[Math.floor(random() * samples.length)];
    const scope = { record: { a: pick(), b: pick(), c: pick() }, row: 7, values: { rate: 1.1 } };
    let mine: { value: unknown };
    try {
      mine = { value: JSON.stringify(compiled(scope)) ?? 'nothing' };
    } catch (thrown) {
      expect(thrown, text).toBe(undecided);
      continue;
    }
    decided += 1;
    const theirs = await outcomeOf(() => jsonata(text).evaluate(scope));
    expect(theirs, `${text} over ${JSON.stringify(scope)}`).toEqual(mine);
  }
  expect(compiledCount).toBeGreaterThan(3_500);
  expect(decided).toBeGreaterThan(1_000);
});

it.each([
  '$number(record.amount) * 1.19',
  'record.name & " (" & record.city & ")"',
  'record.kind = "a" and $number(record.amount) > 10 ? "big" : "small"',
  '{"id": $substring(record.id, 0, 3), "net": $round($number(record.amount), 2)}',
])('compiles what people write in a mapping: %s', (text) => {
  expect(compileExpression(text)).not.toBeNull();
});

it.each(['record.lines[0]', '$map(record.lines, function($l){$l})', 'record.*', '$now()', 'record.a ~> $sum'])(
  'leaves to JSONata what is more than arithmetic over fields: %s',
  (text) => {
    expect(compileExpression(text)).toBeNull();
  },
);
