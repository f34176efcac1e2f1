import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, launchBrowser, newVisitor, signInWithPassword } from '../support/browser.ts';
import {
  administrator,
  closeDeal,
  type DemoPlatform,
  isComplete,
  openDeals,
  startDemoPlatform,
} from '../support/demo-platform.ts';
import { until } from '../support/until.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Serious and critical findings of axe, as `rule: element`. */
async function findings(page: Page): Promise<string[]> {
  // The page's content policy forbids script tags; evaluation by the debugger is not bound by it.
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`));
}

describe.skipIf(!chromiumPath)('axe finds nothing serious, in Chromium', () => {
  let demo: DemoPlatform;
  let browser: Browser;
  let addresses: Record<string, string>;
  beforeAll(async () => {
    [demo, browser] = await Promise.all([startDemoPlatform(), launchBrowser()]);
    const deals = await openDeals(demo);
    for (const deal of [deals.find((each) => !isComplete(each)), deals.find(isComplete), deals.at(-2)])
      if (deal) await closeDeal(demo, deal.id);
    const runs = await until('three runs', async () => {
      const { items } = await demo.api('listRuns', { query: { status: 'succeeded,waiting' } });
      return items.length >= 3 && items;
    });
    const { items: flows } = await demo.api('listFlows', { query: {} });
    const done = runs.find(({ status }) => status === 'succeeded');
    addresses = {
      home: '/',
      flows: '/flows',
      'flow editor': `/flows/${flows[0]?.id}`,
      runs: '/runs',
      run: `/runs/${done?.id}`,
      inbox: '/inbox?view=all',
      connections: '/connections',
      tables: '/tables',
      table: '/tables/rate-cards',
      audit: '/audit',
      settings: '/settings',
    };
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.close();
  });

  it.each(['light', 'dark'] as const)('in any main screen, %s', { timeout: 90_000 }, async (colorScheme) => {
    const { page, context, errors } = await newVisitor(browser, { colorScheme });
    const found: Record<string, string[]> = {};
    await page.goto(`${demo.platform.url}/sign-in`);
    await page.getByLabel('Password').waitFor();
    found['sign-in'] = await findings(page);
    await signInWithPassword(page, demo.platform.url, administrator.email, administrator.password);
    for (const [name, address] of Object.entries(addresses)) {
      await page.goto(demo.platform.url + address);
      await page.getByRole('heading').first().waitFor();
      await page.waitForLoadState('networkidle');
      found[name] = await findings(page);
    }
    await context.close();
    expect(Object.fromEntries(Object.entries(found).filter(([, list]) => list.length > 0))).toEqual({});
    expect(errors).toEqual([]);
  });
});
