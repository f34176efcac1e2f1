import { expect, it } from 'vitest';
import { aFlow } from '../test/builders.ts';
import { PARSE_PROBLEM_LIMIT, parseFlow } from './parse-flow.ts';

const problemsOf = (input: unknown) => {
  const parsed = parseFlow(input);
  return parsed.ok ? [] : parsed.problems;
};

it('narrows a well-formed document to a flow', () => {
  const flow = aFlow({ start: { type: 'core.webhook' } });
  expect(parseFlow(JSON.parse(JSON.stringify(flow)))).toEqual({ ok: true, flow });
});

it('says which field of which node is malformed, what was found and what to write', () => {
  const flow = { ...aFlow({}), nodes: { a: { type: 'core.set', version: '1', params: {} } } };
  expect(problemsOf(flow)).toEqual([
    {
      severity: 'error',
      code: 'DOCUMENT_MALFORMED',
      nodeId: 'a',
      field: 'version',
      what: '"nodes.a.version" must be a number, found a value of type string',
      fix: 'give a number',
    },
  ]);
});

it('suggests the field that was probably meant', () => {
  const flow = { ...aFlow({}), nodes: { a: { type: 'core.set', version: 1, params: {}, titel: 'x' } } };
  expect(problemsOf(flow)).toMatchObject([{ nodeId: 'a', field: 'titel', fix: 'rename it to "title"' }]);
});

it('tells missing tables, bad names and bad edges all at once', () => {
  const { settings: _gone, ...rest } = aFlow({});
  const broken = { ...rest, nodes: { 'a-b': { type: 'x', version: 1, params: {} } }, edges: { e: { from: 1 } } };
  const problems = problemsOf(broken);
  expect(problems.map((problem) => problem.nodeId ?? problem.edgeId ?? problem.field)).toEqual(
    expect.arrayContaining(['settings', 'a-b', 'e']),
  );
  expect(problems.every((problem) => problem.what !== '' && problem.fix !== '')).toBe(true);
});

it('refuses what is no object without throwing', () => {
  const loop: Record<string, unknown> = {};
  loop['a'] = loop;
  loop['b'] = loop;
  for (const input of [undefined, null, 7, 'flow', [], loop]) expect(problemsOf(input).length).toBeGreaterThan(0);
});

it('lists at most two hundred problems and counts the rest', () => {
  const nodes = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`n${index}`, 1]));
  const parsed = parseFlow({ ...aFlow({}), nodes });
  expect(parsed).toMatchObject({ ok: false, problemCount: 500 });
  expect(problemsOf({ ...aFlow({}), nodes })).toHaveLength(PARSE_PROBLEM_LIMIT);
});
