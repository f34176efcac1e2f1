import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { toText } from '@waybill/flow-model';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  busyMachineMs,
  chromiumPath,
  launchBrowser,
  newVisitor,
  signInWithPassword,
  tabTo,
} from '../support/browser.ts';
import { administrator, type DemoPlatform, startDemoPlatform } from '../support/demo-platform.ts';
import { failingProjectFlow, runOnce } from '../support/taken-back.ts';
import { until } from '../support/until.ts';
import { uploadFlow } from '../support/upload.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`));
}

describe.skipIf(!chromiumPath)('an operator, in Chromium', { timeout: busyMachineMs }, () => {
  let demo: DemoPlatform;
  let browser: Browser;
  beforeAll(async () => {
    [demo, browser] = await Promise.all([startDemoPlatform(), launchBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await demo.close();
  });
  const signedIn = async (colorScheme: 'light' | 'dark') => {
    const visitor = await newVisitor(browser, { colorScheme });
    await signInWithPassword(visitor.page, demo.platform.url, administrator.email, administrator.password);
    return visitor;
  };
  const statusIs = (runId: string, status: string) =>
    until(`run ${runId} to be ${status}`, async () => {
      const { run } = await demo.api('getRun', { params: { runId } });
      return run.status === status;
    });

  it('sees why a run is held up and lets the next one go with a reason', async () => {
    const flow = failingProjectFlow('asks-first', 'after-approval');
    const first = await runOnce(demo, flow, 'Harbour audit');
    await statusIs(first, 'waiting');
    const second = await runOnce(demo, flow, 'Harbour audit');
    await statusIs(second, 'queued');

    const { page, errors } = await signedIn('light');
    await page.goto(`${demo.platform.url}/runs/${second}`);
    await page.getByText('because it waits for a person to say whether what “Set up the project” did').waitFor();
    expect(await findings(page)).toEqual([]);

    await page.goto(`${demo.platform.url}/runs`);
    await page.getByRole('link', { name: 'Held up (1)' }).click();
    const line = page.getByRole('list', { name: 'Held up' }).getByRole('listitem');
    await line.getByText('1 run waits').waitFor();
    expect(await findings(page)).toEqual([]);
    await line.getByRole('button', { name: 'Let the next one go…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Let the next run go?' });
    await dialog.getByRole('button', { name: 'Let the next one go' }).click();
    await dialog.getByText('Say why').waitFor();
    await dialog.getByLabel('Reason').fill('The customer waits.');
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await line.getByRole('button', { name: 'Let the next one go…' }).press('Enter');
    await dialog.getByLabel('Reason').fill('The customer waits.');
    await dialog.getByRole('button', { name: 'Let the next one go' }).click();
    await page.getByText('Nothing is held up').waitFor();
    await statusIs(second, 'waiting');
    expect(errors).toEqual([]);
  });

  it('takes back what a failed run did, after seeing what', async () => {
    const runId = await runOnce(demo, failingProjectFlow('fails', null), 'Quay audit');
    await statusIs(runId, 'failed');
    const { page, errors } = await signedIn('dark');
    await page.goto(`${demo.platform.url}/runs/${runId}`);
    await page.getByRole('button', { name: 'Take back effects…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Take back effects' });
    await dialog.getByLabel('Create the project').waitFor();
    expect(await findings(page)).toEqual([]);
    await dialog.getByLabel('Reason').fill('Wrong client.');
    await dialog.getByRole('button', { name: 'Take back 1 effect' }).click();
    await page
      .getByRole('banner')
      .or(page.locator('.run-head'))
      .getByText('Taken back', { exact: true })
      .first()
      .waitFor();
    await page.goto(`${demo.platform.url}/runs/${runId}?step=project`);
    await page.getByLabel('Step Create the project').getByText('Taken back').first().waitFor();
    expect(await findings(page)).toEqual([]);
    expect(errors).toEqual([]);
  });

  it('sends refused records again by keyboard alone, one of them corrected', async () => {
    // The CRM refuses an account without a name.
    const rows = Array.from({ length: 8 }, (_, row): [string, string] => [`K-${row}`, row < 3 ? '' : `Firm ${row}`]);
    const { summary } = await demo.api('importFlow', { body: { files: { ...toText(uploadFlow('upload', rows, 4)) } } });
    const ofFlow = { params: { flowId: summary.id } };
    await demo.api('publishFlow', { ...ofFlow, body: { revision: summary.revision, note: 'first' } });
    const { runId } = await demo.api('runFlow', { ...ofFlow, body: { of: 'published', input: {} } });
    await statusIs(runId, 'succeeded');
    const states = async () =>
      (await demo.api('getStepRecords', { params: { runId, step: 'each' }, query: { limit: 1 } })).counts.states;
    expect(await states()).toMatchObject({ rejected: 3, written: 5 });

    const { page, errors } = await signedIn('light');
    const keys = page.keyboard;
    await page.goto(`${demo.platform.url}/runs/${runId}?step=each`);
    const records = page.getByRole('list', { name: 'Records' });
    await page.getByRole('tab', { name: 'Records' }).press('Enter');
    await records.getByText('K-2', { exact: true }).waitFor();
    await page.getByLabel('Search records').fill('K-1');
    await records.getByText('K-2', { exact: true }).waitFor({ state: 'detached' });
    await records.getByText('K-1', { exact: true }).waitFor();
    await page.getByLabel('Search records').focus();
    await tabTo(page, /^Send again…$/);
    await keys.press('Enter');

    const one = page.getByRole('dialog', { name: 'Send this record again?' });
    await one.getByText('K-1, of “For each batch”').waitFor();
    await one.getByText('1 record to Northwind CRM by “Save accounts”.').waitFor();
    await one.getByText('7 records of this step are left alone').waitFor();
    await tabTo(page, /^Change the record first$/, '[role=dialog]');
    await keys.press('Space');
    await one.getByLabel('Record', { exact: true }).focus();
    await keys.press('Control+a');
    await keys.type('{"id": "K-1", ');
    await tabTo(page, /^Send record$/, '[role=dialog]');
    await keys.press('Enter');
    await one.getByText('This is no JSON yet').waitFor();
    await one.getByText('Say why').waitFor();
    expect(await findings(page)).toEqual([]);
    await one.getByLabel('Record', { exact: true }).focus();
    await keys.press('Control+a');
    await keys.type('{"id": "K-1", "name": "Harbour"}');
    await one.getByText('"Harbour"').last().waitFor();
    await one.getByLabel('Reason').focus();
    await keys.type('It lacked its name.');
    expect(await findings(page)).toEqual([]);
    await tabTo(page, /^Send record$/, '[role=dialog]');
    await keys.press('Enter');
    await one.waitFor({ state: 'detached' });
    await records.getByText('Written', { exact: true }).waitFor();
    await page.getByText('Administrator sent 1 record again, corrected').waitFor();
    expect(await states()).toMatchObject({ rejected: 2, written: 6 });

    await page.getByLabel('Search records').fill('');
    await tabTo(page, /^Send refused again…$/);
    await keys.press('Enter');
    const all = page.getByRole('dialog', { name: 'Send refused records again?' });
    await all.getByText('2 records to Northwind CRM by “Save accounts”.').waitFor();
    await all.getByLabel('Reason').focus();
    await keys.type('Once more.');
    expect(await findings(page)).toEqual([]);
    await tabTo(page, /^Send 2 records$/, '[role=dialog]');
    await keys.press('Enter');
    await all.waitFor({ state: 'detached' });
    await records.getByText('Refused', { exact: true }).nth(1).waitFor();
    await records.getByText('sent once before').nth(2).waitFor();
    await statusIs(runId, 'succeeded');
    expect(await states()).toMatchObject({ rejected: 2, written: 6, waiting: 0 });
    expect(await findings(page)).toEqual([]);
    expect(errors).toEqual([]);
  });

  it('sees everything about one business object, each once, as it happens', async () => {
    const name = 'Pier 7/a “ü” INV.2026';
    const flow = failingProjectFlow('fails', null);
    const runId = await runOnce(demo, flow, name);
    await statusIs(runId, 'failed');
    const { page, errors } = await signedIn('light');
    await page.goto(`${demo.platform.url}/runs/${runId}`);
    await page.getByRole('heading', { name }).getByRole('link', { name }).click();

    await page.getByRole('heading', { name, level: 1 }).waitFor();
    await page.getByText('An exception is open').waitFor();
    const story = page.getByRole('region', { name: 'What happened' });
    const told = (word: string) => story.getByRole('listitem').filter({ hasText: word });
    await told('Exception').waitFor();
    expect(await told('Create the project').count()).toBe(1);
    expect(await told('Started').count()).toBe(1);
    expect(await findings(page)).toEqual([]);

    const [row] = (await demo.api('listEffects', { query: { businessKey: name } })).items;
    await page.getByRole('link', { name: 'Written 1' }).waitFor();
    expect(row).toMatchObject({ nodeTitle: 'Create the project', state: 'confirmed', businessKey: name });

    await statusIs(await runOnce(demo, flow, name), 'failed');
    await page.getByRole('link', { name: 'Failed 2' }).waitFor();
    await page.getByRole('link', { name: 'Written 2' }).waitFor();
    await told('Started').nth(1).waitFor();
    await told('Create the project').nth(1).waitFor();
    await story.getByRole('button', { name: 'People' }).click();
    await told('Started').first().waitFor({ state: 'detached' });
    await told('Exception').first().waitFor();

    const broken = { type: 'about:blank', title: 'No', status: 409, code: 'NO', detail: 'Not now.', fix: 'Wait.' };
    await page.route('**/api/v1/exceptions?*', (route) => route.fulfill({ status: 409, json: broken }));
    await page.reload();
    await page.getByRole('alert').getByText('Its exceptions could not be read.').waitFor();
    await page.getByRole('link', { name: 'Written 2' }).waitFor();
    await page.unroute('**/api/v1/exceptions?*');
    await page.reload();
    await told('Exception').first().waitFor();
    await page.getByText('could not be read').waitFor({ state: 'detached' });
    await story.getByRole('button', { name: 'People', pressed: true }).waitFor();
    expect(await findings(page)).toEqual([]);

    await page.goto(`${demo.platform.url}/about/nobody%20knows%20it`);
    await page.getByText('Nothing is known about “nobody knows it”').waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill(name);
    await page.getByRole('option', { name: `Everything about ${name}` }).click();
    await told('Create the project').first().waitFor();
    expect(errors).toEqual([]);
  });
});
