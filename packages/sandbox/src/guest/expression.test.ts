import { expect, it } from 'vitest';
import { bindingsFor, evaluateExpression } from './expression.ts';

const evaluate = (text: string, seed = 'effect-1') =>
  evaluateExpression(text, { a: [1, 2, 3] }, bindingsFor({ now: Date.UTC(2026, 0, 2, 3, 4, 5), seed }));

it('stands still in time while a step runs', async () => {
  expect(await evaluate('$now()')).toBe('2026-01-02T03:04:05.000Z');
  expect(await evaluate('$now("[Y]/[M01]")')).toBe('2026/01');
  expect(await evaluate('$millis()')).toBe(Date.UTC(2026, 0, 2, 3, 4, 5));
});

it('draws the same ids and numbers when a step is repeated, others for another step', async () => {
  const draw = '[$uuid(), $uuid(), $string($random()), $shuffle([1..20])]';
  expect(await evaluate(draw)).toEqual(await evaluate(draw));
  expect(await evaluate(draw)).not.toEqual(await evaluate(draw, 'effect-2'));
  const [first, second] = (await evaluate(draw)) as string[];
  expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(second).not.toBe(first);
});

it('gives plain lists, without the marks of JSONata', async () => {
  const list = (await evaluate('a[$ > 1]')) as object;
  expect(Object.keys(list)).toEqual(['0', '1']);
});

it('keeps a key called __proto__ as data', async () => {
  const value = (await evaluate('{ "__proto__": { "evil": 1 } }')) as object;
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});

it.each([
  ['a lambda', '($f := function($x){ $x * 2 }; $map(a, $f))', [2, 4, 6]],
  ['recursion in tail position', '($f := function($n, $s){ $n = 0 ? $s : $f($n - 1, $s + $n) }; $f(100, 0))', 5050],
  ['a transform', '$$ ~> |$|{ "b": 1 }|', { a: [1, 2, 3], b: 1 }],
  ['a chain', 'a ~> $sum() ~> $string()', '6'],
  ['a partial application', '($add := function($x, $y){ $x + $y }; $one := $add(1, ?); $one(2))', 3],
  ['sorting', 'a^(>$)', [3, 2, 1]],
  ['grouping', '[{"k":"x","v":1},{"k":"x","v":2}]{ k: $sum(v) }', { x: 3 }],
  ['the parent', '{"o":{"id":7,"l":[{"v":1}]}}.o.l.{ "id": %.id, "v": v }', { id: 7, v: 1 }],
  ['indexes and context', 'a#$i[$i > 0]', [2, 3]],
  ['regular expressions', '$replace("a1b22", /[0-9]+/, "#")', 'a#b#'],
  ['text as an expression', '$eval("1 + 2")', 3],
])('evaluates %s from the same parsed text twice alike', async (_name, text, expected) => {
  expect(await evaluate(text)).toEqual(expected);
  expect(await evaluate(text)).toEqual(expected);
});
