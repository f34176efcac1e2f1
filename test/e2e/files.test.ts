import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  busyMachineMs,
  chromiumPath,
  launchBrowser,
  newVisitor,
  signInWithPassword,
  type Visitor,
} from '../support/browser.ts';
import { administrator, type DemoPlatform, startDemoPlatform } from '../support/demo-platform.ts';

const sample = join(
  resolve(import.meta.dirname, '../..'),
  'templates/card-expenses-to-projects/sample/card-statement-2026-10.csv',
);

describe.skipIf(!chromiumPath)('files, in Chromium', { timeout: busyMachineMs }, () => {
  let demo: DemoPlatform;
  let browser: Browser;
  let visitor: Visitor;
  beforeAll(async () => {
    [demo, browser] = await Promise.all([startDemoPlatform(), launchBrowser()]);
    visitor = await newVisitor(browser);
    await signInWithPassword(visitor.page, demo.platform.url, administrator.email, administrator.password);
  }, busyMachineMs);
  afterAll(async () => {
    await browser?.close();
    await demo?.close();
  });

  it('says what a folder starts, takes a file there, and leads from it to its run and back', async () => {
    const { page, errors } = visitor;
    await page.goto(`${demo.platform.url}/files`);
    await page.getByText('No file has come in yet').waitFor();
    await page.getByRole('button', { name: 'Upload files' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Folder').fill('card-expenses');
    await dialog.getByText('Files there may start “Card expenses to projects”.').waitFor();
    await dialog.locator('input[type=file]').setInputFiles(sample);
    await dialog.getByRole('button', { name: 'Upload file', exact: true }).click();
    await page.getByRole('link', { name: 'Open the run it started' }).click();
    await page.getByRole('heading', { name: /card-statement-2026-10\.csv|Card expenses to projects/ }).waitFor();
    await page.getByText('a file that arrived').waitFor();

    await page.goto(`${demo.platform.url}/files?q=statement`);
    await page.getByRole('button', { name: 'card-statement-2026-10.csv', exact: true }).click();
    await dialog.getByText('Started by its arrival').waitFor();
    await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByRole('button', { name: 'Remove file' }).click();
    await page.getByText('No file matches').waitFor();
    expect((await demo.api('listFiles', { query: {} })).items).toEqual([]);
    expect(errors).toEqual([]);
  });

  it('cancels an upload that is under way, and nothing of it is there', async () => {
    const { page, context } = visitor;
    await page.goto(`${demo.platform.url}/files`);
    const slow = await context.newCDPSession(page);
    const limit = (uploadThroughput: number) =>
      slow.send('Network.emulateNetworkConditions', {
        offline: false,
        latency: 0,
        downloadThroughput: -1,
        uploadThroughput,
      });
    await limit(200_000);
    await page.getByRole('button', { name: 'Upload files' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog
      .locator('input[type=file]')
      .setInputFiles([{ name: 'large.csv', mimeType: 'text/csv', buffer: Buffer.alloc(40_000_000, 'a,b\n') }]);
    await dialog.getByRole('button', { name: 'Upload file', exact: true }).click();
    await page.getByText(/ of 40 MB$/).waitFor();
    await page.getByRole('button', { name: 'Cancel the upload of large.csv' }).click();
    await page.getByRole('list', { name: 'Uploads' }).waitFor({ state: 'detached' });
    await limit(-1);
    expect((await demo.api('listFiles', { query: {} })).items).toEqual([]);
  });
});
