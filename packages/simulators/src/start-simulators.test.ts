import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { auditOf, startSimulators } from './start-simulators.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'simulators-'));
afterAll(() => rmSync(dataDir, { recursive: true }));

it('runs all four side by side, each on http and on https behind one test CA', async () => {
  const simulators = await startSimulators({ dataDir, ports: 'random' });
  const list = simulators.list();
  expect(list.map(({ name }) => name)).toEqual(['salesforce', 'netsuite', 'kantata', 'slack']);
  for (const { httpsUrl, caFile, pages, credentials } of list) {
    expect(await statusOver(httpsUrl, caFile)).toBe(200);
    expect(pages?.length).toBeGreaterThan(0);
    expect(Object.keys(credentials).length).toBeGreaterThan(0);
  }
  expect(auditOf(simulators, 'kantata')).toEqual([]);
  await simulators.stop();
});

it('keeps CA and credentials across starts', async () => {
  const first = await startSimulators({ dataDir, ports: 'random', names: ['netsuite'] });
  const [before] = first.list();
  const ca = readFileSync(before!.caFile, 'utf8');
  await first.stop();
  const second = await startSimulators({ dataDir, ports: 'random', names: ['netsuite'] });
  expect(second.list()[0]?.credentials).toEqual(before?.credentials);
  expect(readFileSync(before!.caFile, 'utf8')).toBe(ca);
  await second.stop();
});

it('names port and simulator when a port is taken', async () => {
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
  const address = blocker.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await expect(startSimulators({ dataDir, names: ['slack'], ports: { slack: port } })).rejects.toThrow(
    `Port ${port} on 127.0.0.1 for the Slack simulator is already in use`,
  );
  await new Promise((resolve) => blocker.close(resolve));
});

function statusOver(url: string, caFile: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(url, { ca: readFileSync(caFile) }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    call.on('error', reject);
    call.end();
  });
}
