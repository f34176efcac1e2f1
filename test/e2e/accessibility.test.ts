import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  busyMachineMs,
  chromiumPath,
  launchBrowser,
  newVisitor,
  signInWithPassword,
  tabTo,
} from '../support/browser.ts';
import {
  administrator,
  closeDeal,
  type DemoPlatform,
  isComplete,
  openDeals,
  startDemoPlatform,
} from '../support/demo-platform.ts';
import { type EveryState, runInEveryState } from '../support/every-state.ts';
import { publishCustomerFlow, sendCustomer } from '../support/refused-customers.ts';
import { failingProjectFlow, runOnce } from '../support/taken-back.ts';
import { until } from '../support/until.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const themes = ['light', 'dark'] as const;

/** Serious and critical findings of axe in both themes of the page as it stands, as `theme, rule: element`. */
async function findings(page: Page): Promise<string[]> {
  // The page's content policy forbids script tags; evaluation by the debugger is not bound by it.
  await page.evaluate(axeSource);
  const found: string[] = [];
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme });
    await page.locator(`:root[data-theme="${colorScheme}"]`).waitFor({ state: 'attached' });
    await page.evaluate('new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)))');
    // On a busy machine even a change of colour that takes a millisecond may be under way.
    const isAtRest = "document.getAnimations().every(({ playState }) => playState !== 'running')";
    await expect.poll(() => page.evaluate(isAtRest), { interval: 20 }).toBe(true);
    found.push(...(await findingsNow(page)).map((words) => `${colorScheme}, ${words}`));
  }
  return found;
}

async function findingsNow(page: Page): Promise<string[]> {
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } }).axe.run({
      resultTypes: ['violations'],
    }),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`));
}

/** @returns the id of a problem on the exception desk: the ERP refuses a customer. */
async function openProblem(demo: DemoPlatform): Promise<string> {
  await publishCustomerFlow(demo);
  const runId = await sendCustomer(demo, { id: 'crm-1', name: 'Harbour Audit', subsidiary: '999', amount: 12_000 });
  return until('the problem', async () => {
    const { items } = await demo.api('listExceptions', { query: {} });
    return items.find((problem) => problem.runId === runId)?.id;
  });
}

/** Two runs about the same project, of which the second waits for the first. */
async function holdUpOne(demo: DemoPlatform): Promise<void> {
  const flow = failingProjectFlow('asks-first', 'after-approval');
  for (const status of ['waiting', 'queued']) {
    const runId = await runOnce(demo, flow, 'Harbour audit');
    await until(`a run to be ${status}`, async () => {
      const { run } = await demo.api('getRun', { params: { runId } });
      return run.status === status;
    });
  }
}

/** @returns the id of an operation that begins in an hour. */
async function planOperation(demo: DemoPlatform): Promise<string> {
  const filter = { status: 'waiting' };
  const { count } = await demo.api('previewBulk', { body: { act: 'cancel', filter } });
  const terms = { name: 'Give up', reason: 'The customer left.', startAt: Date.now() + 3_600_000 };
  const made = await demo.api('createBulk', { body: { act: 'cancel', filter, expectedCount: count, ...terms } });
  return made.id;
}

describe.skipIf(!chromiumPath)('axe finds nothing serious, in Chromium', { timeout: busyMachineMs }, () => {
  let demo: DemoPlatform;
  let browser: Browser;
  let addresses: Record<string, string>;
  let every: EveryState;
  /** Signed in once; every test opens pages of its own in it. */
  let context: BrowserContext;
  let errors: string[];
  const openPage = async () => {
    const page = await context.newPage();
    page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
    return page;
  };
  beforeAll(async () => {
    [demo, browser] = await Promise.all([startDemoPlatform(), launchBrowser()]);
    const visitor = await newVisitor(browser);
    ({ context, errors } = visitor);
    await signInWithPassword(visitor.page, demo.platform.url, administrator.email, administrator.password);
    await visitor.page.close();
    every = await runInEveryState(demo);
    const deals = await openDeals(demo);
    for (const deal of [deals.find((each) => !isComplete(each)), deals.find(isComplete), deals.at(-2)])
      if (deal) await closeDeal(demo, deal.id);
    const runs = await until('three runs', async () => {
      const { items } = await demo.api('listRuns', { query: { status: 'succeeded,waiting' } });
      const ofDeals = items.filter(({ flowId }) => flowId !== every.flowId);
      return ofDeals.length >= 3 && ofDeals;
    });
    const problemId = await openProblem(demo);
    await holdUpOne(demo);
    const operationId = await planOperation(demo);
    const { items: flows } = await demo.api('listFlows', { query: {} });
    const done = runs.find(({ status }) => status === 'succeeded');
    addresses = {
      home: '/',
      flows: '/flows',
      'flow editor': `/flows/${flows[0]?.id}`,
      runs: '/runs',
      run: `/runs/${done?.id}`,
      'held up': '/runs/held-up',
      operations: '/bulk',
      operation: `/bulk/${operationId}`,
      effects: '/effects',
      'business object': '/about/Harbour%20audit',
      files: '/files',
      inbox: '/inbox?view=all',
      exceptions: '/exceptions',
      'exception sums': '/exceptions?view=sums',
      exception: `/exceptions/${problemId}`,
      connections: '/connections',
      tables: '/tables',
      table: '/tables/rate-cards',
      audit: '/audit',
      ...Object.fromEntries(
        ['users', 'keys', 'routing', 'notifications', 'account', 'about'].map((tab) => [
          `settings, ${tab}`,
          `/settings?tab=${tab}`,
        ]),
      ),
    };
  });
  afterAll(async () => {
    await browser?.close();
    every?.close();
    await demo?.close();
  });
  const wordsOnCards = async (page: Page) =>
    (await page.locator('.run-graph .card__live').allInnerTexts()).map((words) => words.split(/ ·|,/)[0]);
  /** Cards of the run's graph that reach out of it: axe does not judge what it cannot see. */
  const cutOff = async (page: Page) => {
    const frame = await page.locator('.run-graph').boundingBox();
    const cards = await page.locator('.run-graph .react-flow__node').all();
    const boxes = await Promise.all(cards.map((card) => card.boundingBox()));
    return boxes.filter(
      (box) =>
        !frame ||
        !box ||
        box.x < frame.x ||
        box.y < frame.y ||
        box.x + box.width > frame.x + frame.width ||
        box.y + box.height > frame.y + frame.height,
    ).length;
  };

  it('in any main screen', { timeout: 3 * busyMachineMs }, async () => {
    const found: Record<string, string[]> = {};
    const stranger = await newVisitor(browser);
    await stranger.page.goto(`${demo.platform.url}/sign-in`);
    await stranger.page.getByLabel('Password').waitFor();
    found['sign-in'] = await findings(stranger.page);
    await stranger.context.close();
    // While one page loads, the other one is judged.
    const left = Object.entries(addresses);
    const lookAtRest = async () => {
      const page = await openPage();
      for (let next = left.shift(); next; next = left.shift()) {
        const [name, address] = next;
        await page.goto(demo.platform.url + address);
        await page.getByRole('heading').first().waitFor();
        await page.waitForLoadState('networkidle');
        found[name] = await findings(page);
      }
      await page.close();
    };
    await Promise.all([lookAtRest(), lookAtRest()]);
    expect(Object.keys(found)).toHaveLength(Object.keys(addresses).length + 1);
    expect(Object.fromEntries(Object.entries(found).filter(([, list]) => list.length > 0))).toEqual({});
    expect(errors).toEqual([]);
  });

  it('in what opens over a list', async () => {
    const page = await openPage();
    await page.goto(`${demo.platform.url}/effects`);
    await page.getByRole('list', { name: 'Effects' }).getByRole('button').first().click();
    await page.getByRole('dialog').getByText('First planned').waitFor();
    await page.waitForLoadState('networkidle');
    const ofEffect = await findings(page);
    await page.goto(`${demo.platform.url}/runs`);
    await page.getByRole('button', { name: 'Act on all…' }).click();
    await page.getByRole('dialog').getByLabel('Reason').waitFor();
    await page.waitForLoadState('networkidle');
    expect({ ofEffect, ofAct: await findings(page) }).toEqual({ ofEffect: [], ofAct: [] });
    await page.close();
    expect(errors).toEqual([]);
  });

  it('in a dialog that asks for a reason: as it opens, when the reason is missing, and when the server says no', async () => {
    const page = await openPage();
    await page.goto(`${demo.platform.url}/runs/held-up`);
    const opener = page.getByRole('button', { name: 'Let the next one go…' }).first();
    await opener.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Let the next run go?' });
    const reason = dialog.getByLabel('Reason');
    const hasFocus = (what: Locator) => expect.poll(() => what.and(page.locator(':focus')).count());
    await hasFocus(reason).toBe(1);
    const asOpened = await findings(page);

    await tabTo(page, /^Let the next one go$/, '[role="dialog"]');
    await page.keyboard.press('Enter');
    await dialog.getByText('Say why: others will read it.').waitFor();
    await hasFocus(reason).toBe(1);
    const whenMissing = await findings(page);

    await page.route('**/api/v1/ordering/release', (route) => route.abort());
    await page.keyboard.type('The order does not matter here.');
    await tabTo(page, /^Let the next one go$/, '[role="dialog"]');
    await page.keyboard.press('Enter');
    await dialog.getByRole('alert').getByText('The server could not be reached.').waitFor();
    const whenRefused = await findings(page);

    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await hasFocus(opener).toBe(1);
    expect({ asOpened, whenMissing, whenRefused }).toEqual({ asOpened: [], whenMissing: [], whenRefused: [] });
    await page.close();
    expect(errors).toEqual([]);
  });

  it('in any state that a step can be in', async () => {
    const page = await openPage();
    // Large enough for every card.
    await page.setViewportSize({ width: 1920, height: 1080 });
    const found: Record<string, string[]> = {};
    const look = async (name: string, runId: string, states: readonly string[]) => {
      await page.goto(`${demo.platform.url}/runs/${runId}`);
      await expect.poll(() => wordsOnCards(page)).toEqual(expect.arrayContaining([...states]));
      await expect.poll(() => cutOff(page)).toBe(0);
      found[name] = await findings(page);
    };
    const underWay = ['Done', 'Skipped', 'Running', 'Retrying', 'In doubt', 'Waiting', 'Failed'];
    await look('run under way', every.runId, underWay);
    await look('cancelled run', every.cancelledRunId, ['Done', 'Skipped', 'Failed', 'Cancelled']);
    await page.close();
    expect(found).toEqual({ 'run under way': [], 'cancelled run': [] });
    expect(errors).toEqual([]);
  });

  it('while nobody knows how the run stands by now', async () => {
    const page = await openPage();
    // Neither does an icon that is loaded when it is first needed.
    await page.route('**/assets/AnyIcon*', (route) => route.abort());
    await page.goto(`${demo.platform.url}/runs/${every.runId}`);
    await expect.poll(() => wordsOnCards(page)).toContain('Skipped');
    await demo.platform.kill();
    await page.locator('.run--doubtful').waitFor();
    expect(await findings(page)).toEqual([]);
  });
});
