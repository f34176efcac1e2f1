// `npm run screens`: starts the product with the demo firm in a temporary folder, brings it into a realistic state and
// writes a picture of every screen, light and dark, in two sizes, to docs/screens.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { chromiumPath, launchBrowser, newVisitor, signInWithPassword } from '../test/support/browser.ts';
import type { DemoPlatform } from '../test/support/demo-platform.ts';
import {
  administrator,
  type CrmDeal,
  closeDeal,
  isComplete,
  openDeals,
  startDemoPlatform,
} from '../test/support/demo-platform.ts';
import { until } from '../test/support/until.ts';

const folder = join(import.meta.dirname, '..', 'docs', 'screens');
const sizes = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];
const themes = ['light', 'dark'] as const;

interface Shot {
  name: string;
  address: string;
  /** What has to be done after the page is there, before the picture is taken. */
  prepare?: (page: Page) => Promise<void>;
}

/** Deals won in every way there is: done, for finance, for the deal desk, failed for good, saved by a retry. */
async function makeHistory(
  demo: DemoPlatform,
): Promise<{ done: string; failed: string; waiting: string; deal: CrmDeal }> {
  const deals = await openDeals(demo);
  const complete = deals.filter(isComplete);
  const incomplete = deals.filter((deal) => !isComplete(deal));
  const runsWith = (status: string, atLeast: number) =>
    until(`${atLeast} runs that are ${status}`, async () => {
      const { items } = await demo.api('listRuns', { query: { status, limit: 100 } });
      return items.length >= atLeast && items;
    });

  const [first, ...rest] = complete;
  const kantata = demo.simulators.get('kantata');
  kantata.addFault({ match: { method: 'POST', path: '/workspaces' }, fault: '5xx-before', times: 1 });
  for (const deal of [first, ...rest.slice(0, 6)]) if (deal) await closeDeal(demo, deal.id);
  for (const deal of incomplete.slice(0, 2)) await closeDeal(demo, deal.id);
  await runsWith('succeeded', 1);
  const approvals = await until('six approvals', async () => {
    const { items } = await demo.api('listTasks', { query: { view: 'all', limit: 100 } });
    const found = items.filter(({ kind }) => kind === 'approval');
    return found.length >= 6 && found;
  });
  const decide = async (index: number, outcome: string) => {
    const task = approvals[index];
    if (task)
      await demo.api('decideTask', {
        params: { taskId: task.id },
        body: { outcome, comment: 'As agreed with the client.', form: {} },
      });
  };
  await decide(0, 'approved');
  await decide(1, 'approved');
  await decide(2, 'rejected');
  await runsWith('succeeded', 4);
  // This one fails for good: the ERP refuses what it is sent.
  demo.simulators
    .get('netsuite')
    .addFault({ match: { method: 'POST', path: '/record/v1/job' }, fault: 'html', times: 20 });
  demo.simulators
    .get('netsuite')
    .addFault({ match: { method: 'PUT', path: '/record/v1/job' }, fault: 'html', times: 20 });
  await decide(3, 'approved');
  const [failed] = await runsWith('failed', 1);
  demo.simulators.get('netsuite').clearFaults();
  const [done] = await runsWith('succeeded', 4);
  const [waiting] = await runsWith('waiting', 3);
  return { done: done?.id ?? '', failed: failed?.id ?? '', waiting: waiting?.id ?? '', deal: first! };
}

async function shotsOf(demo: DemoPlatform): Promise<Shot[]> {
  const { done, failed, waiting, deal } = await makeHistory(demo);
  const { items } = await demo.api('listFlows', { query: {} });
  const flow = `/flows/${items.find(({ name }) => name === 'Opportunity to project')?.id}`;
  const dialog = async (page: Page) => void (await page.getByRole('dialog').waitFor());
  return [
    { name: 'home', address: '/' },
    { name: 'flows', address: '/flows' },
    { name: 'flow-editor', address: flow, prepare: selectStep },
    {
      name: 'node-panel',
      address: flow,
      prepare: async (page) => {
        await page.locator('.react-flow__node').first().waitFor();
        await page.keyboard.press('n');
        await page.getByRole('region', { name: 'Add a step' }).waitFor();
      },
    },
    { name: 'versions', address: `${flow}/versions`, prepare: dialog },
    { name: 'runs', address: '/runs' },
    { name: 'run', address: `/runs/${done}`, prepare: openStep },
    { name: 'run-waiting', address: `/runs/${waiting}` },
    { name: 'run-failed', address: `/runs/${failed}` },
    { name: 'inbox', address: '/inbox?view=all' },
    {
      name: 'task-fix',
      address: '/inbox?view=all',
      prepare: async (page) =>
        page
          .getByRole('link', { name: /^Complete the deal/ })
          .first()
          .click(),
    },
    { name: 'connections', address: '/connections' },
    {
      name: 'connection-dialog',
      address: '/connections',
      prepare: async (page) => {
        await page
          .getByRole('button', { name: /New connection|Add connection|Connect/ })
          .first()
          .click();
        await dialog(page);
      },
    },
    {
      name: 'connection-calls',
      address: '/connections',
      prepare: async (page) => {
        await page.getByRole('button', { name: /^Calls to NetSuite/ }).click();
        await dialog(page);
      },
    },
    { name: 'tables', address: '/tables' },
    { name: 'table', address: '/tables/rate-cards' },
    { name: 'audit', address: '/audit' },
    { name: 'settings', address: '/settings' },
    {
      name: 'command-bar',
      address: '/runs',
      prepare: async (page) => {
        await page.getByRole('heading', { name: 'Runs' }).waitFor();
        await page.keyboard.press('Control+k');
        await dialog(page);
      },
    },
    { name: 'crm-deal', address: `${demo.simulators.get('salesforce').info.baseUrl}/deals/${deal.id}` },
  ];
}

async function selectStep(page: Page): Promise<void> {
  const step = page.locator('.react-flow__node').nth(2);
  await step.waitFor();
  await step.click();
  await page.getByRole('tab', { name: 'Parameters' }).waitFor();
}

async function openStep(page: Page): Promise<void> {
  await page.getByRole('region', { name: 'Steps', exact: true }).getByText('Create the project in the PSA').click();
  await page.getByRole('region', { name: /^Step / }).waitFor();
}

async function take(page: Page, name: string, theme: string): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.evaluate('document.fonts.ready');
  for (const size of sizes) {
    await page.setViewportSize(size);
    const path = join(folder, `${name}-${theme}-${size.width}.png`);
    await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
  }
  await page.setViewportSize(sizes[0]!);
}

if (!chromiumPath) {
  console.error(
    'waybill: there is no Chromium to take pictures with.\n  Install it, or name its file in CHROMIUM_PATH.',
  );
  process.exit(1);
}
const started = Date.now();
mkdirSync(folder, { recursive: true });
const [demo, browser] = await Promise.all([startDemoPlatform(), launchBrowser()]);
let failures = 0;
try {
  const shots = await shotsOf(demo);
  const url = demo.platform.url;
  for (const theme of themes) {
    const { page, context } = await newVisitor(browser, { colorScheme: theme });
    await page.goto(`${url}/sign-in`);
    await take(page, 'sign-in', theme);
    await signInWithPassword(page, url, administrator.email, administrator.password);
    for (const { name, address, prepare } of shots) {
      try {
        await page.goto(address.startsWith('http') ? address : url + address);
        await page.getByRole('heading').first().waitFor();
        await prepare?.(page);
        await take(page, name, theme);
      } catch (error) {
        failures += 1;
        console.error(`${name}, ${theme}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    await context.close();
  }
  console.log(
    `${(shots.length + 1) * themes.length * sizes.length - failures * sizes.length} pictures in ${folder}, ${Date.now() - started} ms`,
  );
} finally {
  await browser.close();
  await demo.close();
}
process.exit(failures > 0 ? 1 : 0);
