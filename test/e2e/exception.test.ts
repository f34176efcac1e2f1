import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, launchBrowser, newVisitor, signInWithPassword } from '../support/browser.ts';
import { administrator, type DemoPlatform, recordsOf, startDemoPlatform } from '../support/demo-platform.ts';
import { publishCustomerFlow, sendCustomer } from '../support/refused-customers.ts';
import { until } from '../support/until.ts';

describe.skipIf(!chromiumPath)('a problem on the exception desk, in Chromium', () => {
  let demo: DemoPlatform;
  let browser: Browser;
  beforeAll(async () => {
    [demo, browser] = await Promise.all([startDemoPlatform(), launchBrowser()]);
    await publishCustomerFlow(demo);
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.close();
  });

  const openExceptions = (page: Page) =>
    page
      .getByRole('navigation', { name: 'Main' })
      .getByRole('link', { name: /^Exceptions/ })
      .click();
  const finished = (runId: string) =>
    until(`run ${runId} to succeed`, async () => {
      const { run } = await demo.api('getRun', { params: { runId } });
      return run.status === 'succeeded';
    });

  it('is corrected in its form, goes on by itself, and its siblings follow', async () => {
    const { page, errors } = await newVisitor(browser, { viewport: { width: 1280, height: 900 } });
    await signInWithPassword(page, demo.platform.url, administrator.email, administrator.password);
    const runs = await Promise.all(
      ['Harbour Audit', 'Meadow Labs', 'North Quay'].map((name, at) =>
        sendCustomer(demo, { id: `crm-${at}`, name, subsidiary: '999', amount: 12_000 }),
      ),
    );
    await openExceptions(page);
    const causes = page.getByRole('region', { name: 'Problems' });
    await causes.getByRole('button', { name: /“Create the customer” could not be done in NetSuite/ }).click();
    await page.getByRole('link', { name: 'Meadow Labs' }).click();
    await page.getByRole('heading', { name: /could not be done in NetSuite/ }).waitFor();
    await page.getByText('€12,000').first().waitFor();

    const form = page.getByRole('form', { name: 'Correct the values' });
    await form.getByLabel('Subsidiary').fill('1');
    await form.getByRole('button', { name: 'Correct and try again' }).click();
    await finished(runs[1] ?? '');
    await page.getByText('The run went on.', { exact: true }).waitFor();

    await page.getByRole('link', { name: 'Harbour Audit' }).click();
    await page.getByRole('heading', { name: /could not be done/ }).waitFor();
    await form.getByLabel('Subsidiary').fill('1');
    await form.getByRole('switch', { name: /for the other one/ }).click();
    await form.getByRole('button', { name: 'Correct and try again' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('2 exceptions, €24,000 at stake').waitFor();
    await dialog.getByLabel('Reason').fill('The subsidiary was retired');
    await dialog.getByRole('button', { name: 'Correct and try again for 2' }).click();
    await page.getByRole('heading', { name: /Correct and try again: 2 exceptions/ }).waitFor();
    await page.getByText('2 of 2', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'North Quay' }).waitFor();
    for (const runId of runs) await finished(runId);
    await until('no open exceptions', async () => {
      const { count } = await demo.api('sumExceptions', { query: { flowId: 'customers-to-erp' } });
      return count === 0;
    });
    const customers = await recordsOf(demo, 'netsuite', 'customer');
    const made = customers.filter(({ data }) => /^(Harbour|Meadow|North)/.test(String(data['companyName'])));
    expect(made).toHaveLength(3);
    expect(errors).toEqual([]);
  });
});
