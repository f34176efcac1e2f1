import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fromText, toText } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const templates = readdirSync(join(root, 'templates'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

function waybill(...words: string[]) {
  const main = join(root, 'packages/cli/src/main.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], { cwd: root, encoding: 'utf8' });
  return { status, stderr, reply: JSON.parse(stdout) as Record<string, unknown> };
}

describe.each(templates)('template %s', (name) => {
  const folder = join(root, 'templates', name);
  const read = (file: string) => readFileSync(join(folder, file), 'utf8');

  it('is written as the product writes it, so that a change in the editor shows as that change alone', () => {
    const files = { 'flow.yaml': read('flow.yaml'), 'layout.yaml': read('layout.yaml') };
    const loaded = fromText(files);
    expect(loaded.ok ? toText(loaded.flow) : loaded.problems).toEqual(files);
  });

  it('has a place for every node, and no two on top of each other', () => {
    const loaded = fromText({ 'flow.yaml': read('flow.yaml'), 'layout.yaml': read('layout.yaml') });
    if (!loaded.ok) throw new Error('not a flow');
    const { nodes, notes, layout } = loaded.flow;
    expect(Object.keys(layout).toSorted()).toEqual([...Object.keys(nodes), ...Object.keys(notes)].toSorted());
    const places = Object.values(layout).map(({ x, y }) => `${x},${y}`);
    expect(new Set(places).size).toBe(places.length);
  });

  it('has no problem, and a text for people beside it', () => {
    const { status, reply, stderr } = waybill('validate', '--json', join('templates', name));
    expect(stderr).toBe('');
    expect(reply).toMatchObject({ ok: true, results: [{ problems: [] }] });
    expect(status).toBe(0);
    expect(existsSync(join(folder, 'README.md'))).toBe(true);
  });

  it('passes all its test cases', () => {
    const { status, reply, stderr } = waybill('test', '--json', join('templates', name));
    const failed = (reply['results'] as { name: string; faults: string[] }[]).filter(({ faults }) => faults.length > 0);
    expect(failed, stderr).toEqual([]);
    expect(status).toBe(0);
  });
});
