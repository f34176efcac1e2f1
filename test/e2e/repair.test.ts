import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiClient } from '@waybill/api-contract';
import { apiWithLink } from '@waybill/cli/platform';
import { edgeId, type Flow, type FlowNode, flowIdSchema } from '@waybill/flow-model';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { busyMachineMs, chromiumPath, launchBrowser, newVisitor, signInWithPassword } from '../support/browser.ts';
import { freePort, type PlatformProcess, startPlatformProcess } from '../support/platform-process.ts';
import { until } from '../support/until.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const operator = { email: 'olga@waybill.local', password: 'waybill-operator-2026' };

async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`));
}

type NodeGiven = Omit<FlowNode, 'version' | 'params'> & Partial<Pick<FlowNode, 'params'>>;
type Layout = Flow['layout'];

function flowOf(id: string, nodes: Record<string, NodeGiven>, edges: string[], key: string, layout: Layout): Flow {
  const ref = (place = '') => ({ node: place.split('.')[0] ?? '', port: place.split('.')[1] ?? '' });
  const parsed = edges.map((text) => ({ from: ref(text.split('>')[0]), to: ref(text.split('>')[1]) }));
  return {
    formatVersion: 1,
    id: flowIdSchema.parse(id),
    name: id,
    nodes: Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, { version: 1, params: {}, ...node }])),
    edges: Object.fromEntries(parsed.map((edge) => [edgeId(edge), edge])),
    settings: { businessKey: { $: key } },
    layout,
    notes: {},
    pins: {},
  };
}

describe.skipIf(!chromiumPath)('an operator who repairs, in Chromium', { timeout: busyMachineMs }, () => {
  /** Parts of addresses that the ledger refuses at the moment. */
  const refuses = new Set<string>();
  const booked: string[] = [];
  const ledger = createServer((request, response) => {
    const path = request.url ?? '';
    const isRefused = [...refuses].some((part) => path.includes(part));
    if (!isRefused) booked.push(path);
    response.writeHead(isRefused ? 422 : 200, { 'content-type': 'application/json' });
    response.end(isRefused ? '{"reason":"period closed"}' : '{"ok":true}');
  });
  let folder: string;
  let platform: PlatformProcess;
  let api: ApiClient;
  let browser: Browser;
  let ledgerId: string;

  beforeAll(async () => {
    ledger.listen(0, '127.0.0.1');
    await once(ledger, 'listening');
    folder = mkdtempSync(join(tmpdir(), 'waybill-repair-'));
    const env = { WAYBILL_ADMIN_EMAIL: operator.email, WAYBILL_ADMIN_PASSWORD: operator.password };
    platform = await startPlatformProcess({ dataDir: join(folder, 'data'), port: await freePort(), env });
    [api, browser] = await Promise.all([apiWithLink(platform.signInLink), launchBrowser()]);
    const baseUrl = `http://127.0.0.1:${(ledger.address() as AddressInfo).port}`;
    const connection = { name: 'Ledger', type: 'http-none', fields: { baseUrl }, allowPrivateAddresses: true };
    ledgerId = (await api('createConnection', { body: connection })).id;
    const put = (title: string, url: string): NodeGiven => ({
      type: 'http.put',
      title,
      connections: { open: ledgerId },
      params: { auth: 'open', url: { $: url }, json: {} },
    });
    const book = {
      start: { type: 'core.manual' },
      header: put('Write the header', '"/header/" & input.invoice'),
      post: put('Post the invoice', '"/post/" & trigger.invoice'),
    };
    const month = {
      start: { type: 'core.manual' },
      each: { type: 'core.for-each', title: 'Each invoice', params: { items: 'input.invoices', concurrency: 2 } },
      call: { type: 'core.call-flow', title: 'Book it', parent: 'each', params: { flow: 'book' } },
      group: { type: 'core.scope', title: 'Close the month' },
      lock: { ...put('Lock the period', '"/lock"'), parent: 'group' },
    };
    for (const flow of [
      flowOf('book', book, ['start.submitted>header.in', 'header.done>post.in'], 'input.invoice', {
        start: { x: 0, y: 0 },
        header: { x: 320, y: 0 },
        post: { x: 640, y: 0 },
      }),
      flowOf('month', month, ['start.submitted>each.in', 'each.done>group.in'], 'input.month', {
        start: { x: 0, y: 60 },
        each: { x: 320, y: 0, width: 360, height: 200 },
        call: { x: 40, y: 70 },
        group: { x: 760, y: 0, width: 360, height: 200 },
        lock: { x: 40, y: 70 },
      }),
    ]) {
      const { summary } = await api('createFlow', { body: { name: flow.name, flow } });
      const body = { revision: summary.revision, note: 'first' };
      await api('publishFlow', { params: { flowId: summary.id }, body });
    }
  }, busyMachineMs);
  afterAll(async () => {
    await browser?.close();
    await platform?.stop();
    ledger.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    refuses.clear();
    booked.length = 0;
  });

  async function start(flow: string, input: { [name: string]: string | { invoice: string }[] }): Promise<string> {
    const flowId = flowIdSchema.parse(flow);
    const { runId } = await api('runFlow', { params: { flowId }, body: { of: 'published', input } });
    return runId;
  }
  const statusIs = (runId: string, status: string) =>
    until(`run ${runId} to be ${status}`, async () => {
      const { run } = await api('getRun', { params: { runId } });
      return run.status === status;
    });
  async function signedIn(colorScheme: 'light' | 'dark') {
    const visitor = await newVisitor(browser, { colorScheme });
    await signInWithPassword(visitor.page, platform.url, operator.email, operator.password);
    return visitor;
  }

  it('retries a whole run from its screen, and sees before what is written', async () => {
    refuses.add('/post/I-2');
    const month = await start('month', { month: '2026-10', invoices: [{ invoice: 'I-1' }, { invoice: 'I-2' }] });
    await statusIs(month, 'failed');
    refuses.clear();
    const { page, errors, context } = await signedIn('light');
    await page.goto(`${platform.url}/runs/${month}?step=${encodeURIComponent('each[1]/call')}`);
    await page.getByRole('region', { name: 'Step Book it' }).getByText('Iteration 2 of 2').waitFor();
    await page.getByRole('button', { name: 'Retry run…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Retry the whole run?' });
    await dialog.getByRole('region', { name: 'What is taken up' }).getByText('Post the invoice').waitFor();
    const writes = dialog.getByRole('region', { name: 'What will be written' }).getByRole('listitem');
    await writes.first().waitFor();
    expect((await writes.allInnerTexts()).map((text) => text.split('\n').slice(0, 2).join(': '))).toEqual([
      'Left alone: Write the header in Ledger',
      'Left alone: Post the invoice in Ledger',
      'Left alone: Write the header in Ledger',
      'First time: Post the invoice in Ledger',
      'First time: Lock the period in Ledger',
    ]);
    await dialog.getByRole('button', { name: 'Retry run' }).click();
    await dialog.getByText('Say why').waitFor();
    expect(await findings(page)).toEqual([]);
    await dialog.getByLabel('Reason').fill('The period is open again.');
    await dialog.getByRole('button', { name: 'Retry run' }).press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await page.locator('.run-head').getByText('Done').waitFor();
    expect([...booked].sort()).toEqual(['/header/I-1', '/header/I-2', '/lock', '/post/I-1', '/post/I-2']);
    await page.goto(`${platform.url}/runs/${month}?step=${encodeURIComponent('group[0]/lock')}`);
    const lock = page.getByRole('region', { name: 'Step Lock the period' });
    await lock.getByText('Done', { exact: true }).waitFor();
    expect(await lock.getByText('Iteration').count()).toBe(0);
    expect(errors).toEqual([]);
    await context.close();
  });

  it('is led from a run that was repeated to the one to go on with, by the page and by what is refused', async () => {
    refuses.add('/post/I-3');
    const first = await start('book', { invoice: 'I-3' });
    await statusIs(first, 'failed');
    const { page, errors, context } = await signedIn('light');
    await page.goto(`${platform.url}/runs/${first}`);
    await page.getByRole('button', { name: 'Retry run…' }).waitFor();

    const how = { version: 'same', effects: 'skip-confirmed', reason: 'The period is open again.' } as const;
    const { id: second } = await api('replayRun', { params: { runId: first }, body: how });
    await statusIs(second, 'failed');
    // The page was read before.
    await page.getByRole('button', { name: 'Retry run…' }).click();
    const refusal = page.getByRole('dialog').getByRole('alert');
    await refusal.getByText('because run').waitFor();
    await refusal.getByRole('link').click();
    const strip = (name: string) => page.getByRole('region', { name });
    await strip('Repeats another run').getByText('The period is open again.').waitFor();
    expect(page.url()).toContain(second);

    await strip('Repeats another run').getByRole('link').click();
    await strip('Repeated by a newer run').getByText('Failed').waitFor();
    expect(await page.getByRole('button', { name: /^Retry/ }).count()).toBe(0);
    await page.waitForLoadState('networkidle');
    expect(await findings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Go to its repeat' }).click();
    await strip('Repeats another run').waitFor();
    await page.getByRole('button', { name: 'Retry run…' }).waitFor();
    expect(errors).toEqual([]);
    await context.close();
  });

  it('sees of each run of a bulk retry what became of it', async () => {
    refuses.add('/post/');
    const runs = [await start('book', { invoice: 'B-1' }), await start('book', { invoice: 'B-2' })];
    for (const runId of runs) await statusIs(runId, 'failed');
    refuses.clear();
    refuses.add('/post/B-2');
    const made = await api('createBulk', {
      body: {
        name: 'After the close',
        act: 'retry',
        replay: { version: 'same', effects: 'skip-confirmed' },
        filter: { flowId: 'book', status: 'failed', businessKeyPrefix: 'B-' },
        reason: 'The period is open again',
        perMinute: 60_000,
        expectedCount: 2,
      },
    });
    const { page, errors, context } = await signedIn('dark');
    await page.goto(`${platform.url}/bulk/${made.id}`);
    await page.getByRole('row', { name: /B-1/ }).getByText('Went on, came to its end').waitFor();
    await page.getByRole('row', { name: /B-2/ }).getByText('Failed again at Post the invoice').waitFor();
    expect(await findings(page)).toEqual([]);
    expect(errors).toEqual([]);
    await context.close();
  });

  it('sees which step is parked, on the canvas and in the list, until its system is called again', async () => {
    await api('pauseConnection', { params: { connectionId: ledgerId }, body: { reason: 'audit' } });
    const parked = await start('book', { invoice: 'P-1' });
    await statusIs(parked, 'waiting');
    const { page, errors, context } = await signedIn('light');
    await page.goto(`${platform.url}/flows/book`);
    const card = page.locator('.react-flow__node').filter({ hasText: 'Write the header' });
    const badge = card.getByTitle(/^1 run waiting for a system/);
    await badge.waitFor();
    expect(
      await page
        .locator('.react-flow__node')
        .getByTitle(/waiting for a system/)
        .count(),
    ).toBe(1);
    await page.goto(`${platform.url}/runs?flow=book&status=waiting`);
    await page.getByText('Write the header waits until its system takes calls again').waitFor();
    await page.goto(`${platform.url}/runs/${parked}`);
    await page.getByText('Waits because calls to the system are paused').first().waitFor();
    expect(await findings(page)).toEqual([]);
    await api('resumeConnection', { params: { connectionId: ledgerId }, body: { reason: 'audited' } });
    await page.locator('.run-head').getByText('Done').waitFor();
    expect(errors).toEqual([]);
    await context.close();
  });
});
