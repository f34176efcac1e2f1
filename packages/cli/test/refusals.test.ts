import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fixtures, waybill } from './waybill.ts';

const greet = join(fixtures, 'greet');
let folder: string;
const inFolder = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'waybill-refusals-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  ['an unknown command', ['fly'], "unknown command 'fly'"],
  ['no command', [], 'Usage: waybill'],
  ['an unknown option', ['validate', greet, '--fast'], "unknown option '--fast'"],
  ['a number that is none', ['run', greet, '--timeout', 'soon'], 'Give a number above 0.'],
  ['a missing file', ['validate', 'nowhere'], 'There is nothing at nowhere.'],
  ['a missing input', ['run', greet, '--input', 'nowhere.json'], 'There is no file nowhere.json.'],
  ['a folder without a flow', ['import', fixtures, '--key', 'wb_x'], 'has no flow.yaml'],
  ['a missing API key', ['export', 'greet', '--out', 'x'], 'No API key for http://localhost:4700.'],
])('ends with 2 and says what is wrong for %s', async (_name, words, says) => {
  const { code, stderr } = await waybill(words);
  expect(stderr).toContain(says);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(code).toBe(2);
});

it('answers --help and --version with 0', async () => {
  expect(await waybill(['--version'])).toMatchObject({ code: 0, stdout: '0.1.0\n', stderr: '' });
  expect((await waybill(['run', '--help'])).code).toBe(0);
});

it('names the line at which a flow stops being YAML', async () => {
  inFolder('flow.yaml', 'formatVersion: 1\nid: greet\nname: [Greet\nsettings: {}\n');
  const { code, stderr } = await waybill(['validate', folder]);
  expect(stderr).toMatch(/line [34]/);
  expect(code).toBe(1);
});

it('says what is wrong with a JSON flow or an input', async () => {
  const file = inFolder('flow.json', '{ "id": }');
  const flow = await waybill(['validate', file]);
  expect(flow.stderr).toContain("is not JSON: Unexpected token '}'");
  expect(flow.code).toBe(1);
  const input = await waybill(['run', greet, '--input', '-'], { input: '{ "name" }' });
  expect(input.stderr).toContain('Standard input is not JSON');
  expect(input.code).toBe(2);
});

it('lists every problem of an invalid flow, for people and as JSON', async () => {
  const file = inFolder(
    'broken.json',
    JSON.stringify({
      formatVersion: 1,
      id: 'broken',
      name: 'Broken',
      nodes: { a: { type: 'core.map', version: 1, params: { expression: { $: '1 +' } } } },
      edges: {},
      settings: {},
      notes: {},
      layout: {},
      pins: {},
    }),
  );
  const people = await waybill(['validate', file]);
  expect(people.stdout).toContain('a.expression');
  expect(people.code).toBe(1);
  const machine = await waybill(['validate', '--json', file]);
  const { ok, results } = JSON.parse(machine.stdout) as { ok: boolean; results: { problems: { code: string }[] }[] };
  expect(ok).toBe(false);
  expect(results[0]?.problems.length).toBeGreaterThan(0);
  expect(machine.code).toBe(1);
});

it('ends with 1 and names the case when a test case fails', async () => {
  const people = await waybill(['test', greet]);
  expect(people.stdout).toContain('ok     greet: Greets by name');
  expect(people.stdout).toContain('FAILED greet: Expects the wrong name');
  expect(people.stdout).toContain('greeting.text: expected "Hello Ada", got "Hello Bob"');
  expect(people.code).toBe(1);
  const machine = await waybill(['test', '--json', greet]);
  expect(JSON.parse(machine.stdout)).toMatchObject({ ok: false, results: [{ faults: [] }, { faults: [{}] }] });
});

it('ends with 3 when no server answers', async () => {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', () => ready()));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  const words = ['export', 'greet', '--out', folder, '--server', `http://127.0.0.1:${port}`, '--key', 'wb_x'];
  const { code, stderr } = await waybill(words);
  expect(stderr).toContain('The server could not be reached.');
  expect(code).toBe(3);
});

it.each([
  ['PORT', 'many', 'PORT is "many"; allowed is a port number from 0 to 65535.'],
  ['WAYBILL_DEMO', 'maybe', 'WAYBILL_DEMO is "maybe"; allowed is on or off.'],
  ['WAYBILL_KEY', 'short', 'WAYBILL_KEY is 5 characters; allowed is 32 bytes'],
])('does not start with a wrong %s, and says what is allowed', async (name, value, says) => {
  const { code, stderr } = await waybill(['start'], { env: { WAYBILL_DATA: join(folder, 'data'), [name]: value } });
  expect(stderr).toContain(says);
  expect(code).toBe(2);
});

it('does not start on a port that is taken', async () => {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', () => ready()));
  const { port } = server.address() as AddressInfo;
  const env = { WAYBILL_DATA: join(folder, 'taken'), WAYBILL_DEMO: 'off', WAYBILL_LOG: 'error', PORT: String(port) };
  const { code, stderr } = await waybill(['start'], { env });
  server.close();
  expect(stderr).toContain(`PORT is ${port}, which another program uses`);
  expect(code).toBe(2);
});

it('says that no simulators run instead of an empty list', async () => {
  const { code, stderr } = await waybill(['simulators', 'list', '--json'], { env: { WAYBILL_DATA: folder } });
  expect(stderr).toContain('No simulators are running from this data folder.');
  expect(code).toBe(1);
});
