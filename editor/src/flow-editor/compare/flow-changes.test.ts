import { diffFlows } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import { aFlow, aNode, anEdge, catalog } from '../testing.ts';
import { changeList, marksOf, overlaid, valueWords } from './flow-changes.ts';

const before = aFlow(
  {
    start: aNode('test.start'),
    check: aNode('test.branch', { title: 'Check' }),
    old: aNode('test.work', { title: 'Old' }),
    same: aNode('test.work', { title: 'Same' }),
  },
  [anEdge('start', 'fired', 'check'), anEdge('check', 'yes', 'old'), anEdge('check', 'no', 'same')],
);
const base = aFlow(
  {
    start: aNode('test.start'),
    check: aNode('test.branch', { title: 'Check', params: { text: { $: 'input.a' } } }),
    fresh: aNode('test.work', { title: 'Fresh' }),
    same: aNode('test.work', { title: 'Same' }),
  },
  [anEdge('start', 'fired', 'check'), anEdge('check', 'yes', 'fresh'), anEdge('check', 'yes', 'same')],
);
const after = { ...base, layout: { ...base.layout, start: { x: 0, y: 90 } } };
const diff = diffFlows(before, after);

describe('two versions laid over each other', () => {
  it('show what was removed as well as what came', () => {
    const both = overlaid(before, after);
    expect(Object.keys(both.nodes).toSorted()).toEqual(['check', 'fresh', 'old', 'same', 'start']);
    expect(both.layout['old']).toEqual(before.layout['old']);
    const marks = marksOf(diff);
    expect(Object.fromEntries(marks.nodes)).toEqual({
      start: 'moved',
      check: 'changed',
      fresh: 'added',
      old: 'removed',
    });
    expect(marks.edges.get('check.no>same.in')).toBe('removed');
  });

  it('are told as a list, without repeating the edges of steps that came or went', () => {
    expect(changeList(diff, before, after, catalog).map(({ words }) => words)).toEqual([
      'Changed “Check”',
      'Added “Fresh”',
      'Removed “Old”',
      'Connected “Check” (Yes) to “Same”',
      'Disconnected “Check” (No) to “Same”',
      'Moved “Start”',
    ]);
  });

  it('give values as people wrote them', () => {
    expect([valueWords({ $: 'input.a' }), valueWords('x'), valueWords(undefined), valueWords([1])]).toEqual([
      '= input.a',
      'x',
      '—',
      '[\n  1\n]',
    ]);
  });
});
