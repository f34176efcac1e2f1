import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { closeDeal, isComplete, openDeals, startDemoPlatform } from '../support/demo-platform.ts';
import { freePort, startPlatformProcess, startRefused } from '../support/platform-process.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'waybill-start-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let folders = 0;
const newDataDir = (): string => {
  folders += 1;
  const dataDir = join(folder, String(folders));
  mkdirSync(dataDir);
  return dataDir;
};
/** A refusal is for people: the cause and the way out, no stack. */
const withoutStack = expect.not.stringMatching(/^\s+at /m);

describe('a start that cannot go well', () => {
  it('is refused while another process has the data folder', async () => {
    const dataDir = newDataDir();
    const first = await startPlatformProcess({ dataDir, port: await freePort() });
    const second = await startRefused({ dataDir, port: await freePort() });
    expect(second).toMatchObject({ code: 1, printed: withoutStack });
    expect(second.printed).toMatch(/data folder/);
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
    // A killed process leaves nothing behind that would keep the next one out.
    await first.kill();
    const third = await startPlatformProcess({ dataDir, port: await freePort() });
    expect((await third.stop()).code).toBe(0);
  });

  it('ends, instead of standing there half started, when a part does not come up', async () => {
    const dataDir = newDataDir();
    writeFileSync(join(dataDir, 'master.key'), 'no key\n');
    const refused = await startRefused({ dataDir, port: await freePort() });
    expect(refused).toMatchObject({ code: 2, printed: withoutStack });
    expect(refused.printed).toContain('master.key is no key');
  });

  it('says that the port is taken, and by which variable it is chosen', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const refused = await startRefused({ dataDir: newDataDir(), port });
    taken.close();
    expect(refused.code).not.toBe(0);
    expect(refused).toMatchObject({ printed: withoutStack });
    expect(refused.printed).toContain(`PORT is ${port}, which another program uses`);
  });

  it.each([
    ['PORT', 'eighty', '"eighty"'],
    ['WAYBILL_KEY', 'too-short', '9 characters'],
    ['WAYBILL_ENVIRONMENT', 'staging', 'dev, test or prod'],
    ['MONGODB_URI', 'localhost:27017', 'a mongodb:// address'],
  ])('names %s when it is corrupt', async (name, value, words) => {
    const refused = await startRefused({ dataDir: newDataDir(), port: 0, env: { [name]: value } });
    expect(refused.code).not.toBe(0);
    expect(refused).toMatchObject({ printed: withoutStack });
    expect(refused.printed).toContain(name);
    expect(refused.printed).toContain(words);
    if (name === 'WAYBILL_KEY') expect(refused.printed).not.toContain(value);
  });
});

describe('SIGTERM', () => {
  it('lets the steps under way end, and the next start repeats none of them', async () => {
    const demo = await startDemoPlatform();
    try {
      const deal = (await openDeals(demo)).find(isComplete)!;
      demo.simulators
        .get('kantata')
        .addFault({ match: { method: 'POST', path: '/workspaces' }, fault: 'slow:1500', times: 1 });
      await closeDeal(demo, deal.id);
      await until('the run to reach the PSA', async () => {
        const { items } = await demo.api('listRuns', { query: {} });
        return items.some((run) => run.currentStep === 'Create the project in the PSA');
      });
      expect(await demo.platform.stop()).toMatchObject({ code: 0, signal: null });
      await demo.restart();
      await until('the run to end well', async () => {
        const { items } = await demo.api('listRuns', { query: { status: 'succeeded' } });
        return items.length === 1;
      });
      expect(demo.simulators.get('kantata').audit({ object: 'workspaces', operation: 'create' })).toHaveLength(1);
      expect(demo.simulators.get('netsuite').audit({ object: 'job', operation: 'create' })).toHaveLength(1);
    } finally {
      await demo.close();
    }
  });
});
