import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readTestCases } from './test-case.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waybill-cases-'));
  mkdirSync(join(folder, 'tests', 'shared'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const write = (name: string, text: string) => writeFileSync(join(folder, 'tests', name), text);

const base = 'trigger: { node: call, input: { amount: 1 } }\nnow: "2026-11-20T09:00:00Z"\n';
const whole = `name: A\n${base}expect: { status: succeeded }\n`;

it('reads the cases of a folder in the order of their names, and none where there is no folder', () => {
  write('b.yaml', whole.replace('name: A', 'name: B'));
  write('a.yaml', whole);
  write('notes.md', 'no case');
  expect(readTestCases(folder).map(({ testCase }) => testCase.name)).toEqual(['A', 'B']);
  expect(readTestCases(join(folder, 'tests'))).toEqual([]);
});

it('takes from a shared file what the case does not say itself', () => {
  write('shared/base.yaml', base);
  write(
    'a.yaml',
    'name: A\nfrom: shared/base.yaml\nchanges: { trigger.input.amount: 2 }\nexpect: { status: failed, errorCode: NO }\n',
  );
  const [first] = readTestCases(folder);
  expect(first?.testCase).toMatchObject({
    trigger: { node: 'call', input: { amount: 2 } },
    now: Date.UTC(2026, 10, 20, 9),
    expect: { status: 'failed', errorCode: 'NO' },
  });
});

it.each([
  ['names the line that is not YAML', 'name: [A\nexpect: 1\n', /a\.yaml, line \d+ is not YAML/],
  ['names the field that is wrong', whole.replace('succeeded', 'perfect'), /expect\.status: /],
  ['names a field it does not know', `${whole}expects: 1\n`, /expects/],
  ['names a shared file that is not there', `${whole}from: nowhere.yaml\n`, /starts from nowhere\.yaml/],
  ['names a change that leads nowhere', `${whole}changes: { replies.x.y: 1 }\n`, /"replies\.x\.y" leads nowhere/],
])('%s', (_name, text, message) => {
  write('a.yaml', text);
  expect(() => readTestCases(folder)).toThrow(message);
});
