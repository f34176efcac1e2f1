import { demoPassword } from '@waybill/cli/platform';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { busyMachineMs, chromiumPath, launchBrowser, newVisitor, signInWithPassword } from '../support/browser.ts';
import { closeDeal, type DemoPlatform, isComplete, openDeals, startDemoPlatform } from '../support/demo-platform.ts';

/** Runs in the page: tells every text that stands beside the heading, however short. */
const reportStatus = `
  new MutationObserver(() => noteStatus(document.querySelector('h1')?.parentElement?.textContent ?? ''))
    .observe(document.body, { subtree: true, childList: true, characterData: true });
`;

describe.skipIf(!chromiumPath)('a killed server, in Chromium', { timeout: busyMachineMs }, () => {
  let demo: DemoPlatform;
  let browser: Browser;
  beforeAll(async () => {
    [demo, browser] = await Promise.all([startDemoPlatform(), launchBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.close();
  });

  it('comes back to an open run screen without a reload, and every effect happens once', async () => {
    const deal = (await openDeals(demo)).find((each) => isComplete(each) && each.amount > 150_000)!;
    const { page, errors } = await newVisitor(browser);
    await signInWithPassword(page, demo.platform.url, 'sofia.keller@waybill-demo.example', demoPassword);
    await closeDeal(demo, deal.id);
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Runs' }).click();
    await page.getByRole('link', { name: deal.name }).click();
    const head = page
      .getByRole('banner')
      .or(page.locator('header'))
      .filter({ has: page.getByRole('heading', { name: deal.name }) })
      .first();
    await head.getByText('Waiting', { exact: true }).waitFor();
    // Lost by a reload.
    await page.evaluate(() => Object.assign(globalThis, { keptSinceBefore: true }));

    await demo.platform.kill();
    await page
      .getByText(/Catching up|Connection|reach/i)
      .first()
      .waitFor();
    const shown: string[] = [];
    await page.exposeFunction('noteStatus', (text: string) => shown.push(text));
    await page.evaluate(reportStatus);
    await demo.restart();
    await head.getByText('Waiting', { exact: true }).waitFor();
    expect(await page.evaluate(() => Object.hasOwn(globalThis, 'keptSinceBefore'))).toBe(true);
    expect(shown.filter((text) => /Failed|Done|Cancelled|Running/.test(text))).toEqual([]);

    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Inbox' }).click();
    await page.getByRole('link', { name: `Approve ${deal.name}` }).click();
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await page.getByText(/Sofia Keller decided/).waitFor();
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Runs' }).click();
    await page.getByRole('listitem').filter({ hasText: deal.name }).getByText('Done').waitFor();

    const written = (system: 'kantata' | 'netsuite', object: string) =>
      demo.simulators.get(system).audit({ object, operation: 'create' }).length;
    expect({
      projects: written('kantata', 'workspaces'),
      erpProjects: written('netsuite', 'job'),
      schedules: written('netsuite', 'billingSchedule'),
      customers: written('netsuite', 'customer'),
      messages: demo.simulators.get('slack').audit({ object: 'message' }).length,
      // The ERP knows this customer by its tax id.
    }).toEqual({ projects: 1, erpProjects: 1, schedules: 1, customers: 0, messages: 1 });
    expect(errors).toEqual([]);
  });
});
