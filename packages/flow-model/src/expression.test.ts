import { expect, it } from 'vitest';
import { parseExpression, renameSteps, renameStepsInCode, stepsReferencedBy } from './expression.ts';

it.each([
  ['steps.a.id & steps.b.id', ['a', 'b']],
  ['$map(steps.a.lines, function($line) { $line.x + steps.c.rate })', ['a', 'c']],
  ['{ "total": $sum(steps.a.lines.amount) }', ['a']],
  ['input.ok ? steps.a : [steps.b]', ['a', 'b']],
  ['steps.`a`.id', ['a']],
  ['steps."a".id', ['a']],
  ['$.steps.a', ['a']],
  ['input.lines[price > $$.steps.a.limit]', ['a']],
  ['input.lines^(>$$.steps.a.key)', ['a']],
  ['input.lines{ kind: $$.steps.a.x }', ['a']],
  ['steps.a ~> $count()', ['a']],
  ['input.lines.(steps.a)', []],
  ['input.lines[steps.a = 1]', []],
  ['item.steps.a', []],
  ['"steps.a"', []],
  ['($s := input; $s.steps.a)', []],
  ['steps.(', []],
])('reads the steps out of %s', (text, steps) => {
  expect(stepsReferencedBy(text)).toEqual(steps);
});

it('renames steps where they are read and nowhere else', () => {
  const names = new Map([
    ['a', 'alpha'],
    ['b', 'a'],
  ]);
  const text = 'steps.a.a & steps.`a`.b & "steps.a" & steps.b.steps.a & input.(steps.a) & $$.steps . a';
  expect(renameSteps(text, names)).toBe(
    'steps.alpha.a & steps.`alpha`.b & "steps.a" & steps.a.steps.a & input.(steps.a) & $$.steps . alpha',
  );
});

it('leaves text that does not parse as it is', () => {
  expect(renameSteps('steps.a +', new Map([['a', 'b']]))).toBe('steps.a +');
});

it('tells line and column of a syntax error', () => {
  expect(parseExpression('(\n  input.a ) )')).toMatchObject({ ok: false, fault: { line: 2, column: 13 } });
  expect(parseExpression('  ')).toMatchObject({ ok: false, fault: { what: 'the expression is empty' } });
});

it('renames steps in code, and no field of the same name', () => {
  const source = "return steps.a.x + steps['a'].y + input.steps.a + stepsa.a + steps.ab;";
  expect(renameStepsInCode(source, new Map([['a', 'z']]))).toBe(
    "return steps.z.x + steps['z'].y + input.steps.a + stepsa.a + steps.ab;",
  );
});

it('reports any text, however deep or broken, instead of throwing', () => {
  for (const text of ['('.repeat(20_000), '[[['.repeat(5_000), 'a.'.repeat(9_000), '/', '\u0000', '$', '%.a', '`']) {
    expect(() => parseExpression(text), text.slice(0, 10)).not.toThrow();
  }
});
