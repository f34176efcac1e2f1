import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { chromiumPath } from '../support/browser.ts';
import {
  administrator,
  closeDeal,
  type DemoPlatform,
  isComplete,
  openDeals,
  startDemoPlatform,
} from '../support/demo-platform.ts';
import { type People, startPeople } from '../support/people.ts';

describe.skipIf(!chromiumPath)('a system that is closed for a while, in Chromium', () => {
  let demo: DemoPlatform;
  let people: People;
  beforeAll(async () => {
    [demo, people] = await Promise.all([startDemoPlatform(), startPeople()]);
  });
  afterAll(() => people?.close().finally(() => demo.close()));

  const onConnections = async (): Promise<Page> => {
    const page = await people.signedIn(demo.platform.url, administrator.email, administrator.password);
    await page.goto(`${demo.platform.url}/connections`);
    return page;
  };

  it('is paused and resumed with the keyboard, and everybody who looks sees who waits', async () => {
    const [actor, onlooker] = [await onConnections(), await onConnections()];
    const cell = (page: Page) => page.getByRole('button', { name: /^Calls to Kantata/ });
    await cell(onlooker).getByText('Open').waitFor();

    await cell(actor).focus();
    await actor.keyboard.press('Enter');
    await actor.getByRole('button', { name: 'Pause calls' }).press('Enter');
    const dialog = actor.getByRole('dialog', { name: /Pause calls to/ });
    await dialog.getByRole('button', { name: 'Pause calls' }).press('Enter');
    await dialog.getByText('Say why: others will read it.').waitFor();
    await dialog.getByLabel('Reason').fill('Hours are booked twice.');
    await dialog.getByRole('button', { name: 'Pause calls' }).press('Enter');
    await actor.getByText('Calls are paused.').waitFor();
    await cell(onlooker).getByText('Paused by Administrator').waitFor();

    const deal = (await openDeals(demo)).find((each) => isComplete(each) && each.amount < 100_000)!;
    await closeDeal(demo, deal.id);
    await cell(onlooker)
      .getByText(/[1-9]\d* waiting/)
      .waitFor();

    await actor.getByRole('dialog').getByText('Hours are booked twice.').waitFor();
    await actor.getByRole('button', { name: 'Resume calls' }).press('Enter');
    const resume = actor.getByRole('dialog', { name: /Resume calls to/ });
    await resume.getByLabel('Reason').fill('Corrected.');
    await resume.getByRole('button', { name: 'Resume calls' }).press('Enter');
    await cell(onlooker).getByText('Paused by Administrator').waitFor({ state: 'hidden' });
    await cell(onlooker)
      .getByText(/waiting/)
      .waitFor({ state: 'hidden' });
  });
});
