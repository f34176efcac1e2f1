import { demoPassword } from '@waybill/cli/platform';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { busyMachineMs, chromiumPath, signInWithPassword } from '../support/browser.ts';
import {
  type CrmDeal,
  closeDeal,
  type DemoPlatform,
  isComplete,
  openDeals,
  startDemoPlatform,
} from '../support/demo-platform.ts';
import { type People, startPeople } from '../support/people.ts';
import { until } from '../support/until.ts';

const sofia = 'sofia.keller@waybill-demo.example';
/** Lists that nothing tells of news are read again after a minute; news must be on screen long before. */
const soon = { timeout: 50_000 };

/** Holds what passes until it is opened. */
function gate(): { open(): void; opened: Promise<void> } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

describe.skipIf(!chromiumPath)('news that comes late, in Chromium', { timeout: busyMachineMs }, () => {
  let demo: DemoPlatform;
  let people: People;
  let large: CrmDeal[];
  beforeAll(async () => {
    [demo, people] = await Promise.all([startDemoPlatform(), startPeople()]);
    large = (await openDeals(demo)).filter((each) => isComplete(each) && each.amount > 150_000);
  });
  afterAll(() => people?.close().finally(() => demo.close()));
  const signIn = (page: Page) => signInWithPassword(page, demo.platform.url, sofia, demoPassword);
  const goTo = (page: Page, place: string) =>
    page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: place }).click();
  const openTask = async (deal: CrmDeal | undefined): Promise<string> => {
    if (!deal) throw new Error('The demo firm has too few large deals.');
    await closeDeal(demo, deal.id);
    const title = `Approve ${deal.name}`;
    await until(`the task "${title}"`, async () => {
      const { items } = await demo.api('listTasks', { query: { view: 'all', limit: 100 } });
      return items.some((task) => task.title.startsWith(title));
    });
    return title;
  };

  it('shows a task that came while the page read its counts for the first time', async () => {
    const page = await people.newPage();
    const [upgraded, heard, release] = [gate(), gate(), gate()];
    page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => payload === '5' && upgraded.open());
      socket.on('framereceived', ({ payload }) => String(payload).includes('task-changed') && heard.open());
    });
    let held = false;
    await page.route('**/api/v1/tasks/counts', async (route) => {
      if (held) return route.continue();
      held = true;
      const answer = await route.fetch();
      await release.opened;
      return route.fulfill({ response: answer });
    });
    await signIn(page);
    await goTo(page, 'Inbox');
    await upgraded.opened;
    const title = await openTask(large[0]);
    await heard.opened;
    release.open();
    await page.getByRole('heading', { name: title }).waitFor(soon);
  });

  it('shows a task that came before the page was connected, on a screen opened after that', async () => {
    const page = await people.newPage();
    const release = gate();
    await page.route('**/live/**', async (route) => {
      await release.opened;
      return route.continue();
    });
    const counted = page.waitForResponse('**/api/v1/tasks/counts');
    await signIn(page);
    await counted;
    const title = await openTask(large[1]);
    const connected = gate();
    const accepted = (packet: unknown) => String(packet).startsWith('40{') && connected.open();
    page.on('response', async (answer) => answer.url().includes('/live/') && accepted(await answer.text()));
    page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => accepted(payload)));
    release.open();
    await connected.opened;
    await goTo(page, 'Inbox');
    await page.getByRole('link', { name: title }).waitFor(soon);
  });

  it('opens a screen whose code did not come at first, when one tries again', async () => {
    const page = await people.newPage();
    let isCutOff = true;
    await page.route('**/assets/InboxScreen-*.js', (route) => (isCutOff ? route.abort() : route.continue()));
    await signIn(page);
    await goTo(page, 'Inbox');
    await page.getByText('This part of Waybill could not be loaded.').waitFor();
    isCutOff = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('region', { name: 'Tasks' }).getByRole('listitem').first().waitFor();
  });

  it('shows new rights without a reload', async () => {
    const page = await people.newPage();
    await signIn(page);
    const menu = page.getByRole('navigation', { name: 'Main' });
    await menu.getByRole('link', { name: 'Inbox' }).waitFor();
    expect(await menu.getByRole('link', { name: 'Connections' }).count()).toBe(0);
    const { items } = await demo.api('listUsers', { query: { text: sofia } });
    const userId = items.find((user) => user.email === sofia)?.id ?? '';
    await demo.api('updateUser', { params: { userId }, body: { roles: ['finance', 'operator'] } });
    await menu.getByRole('link', { name: 'Connections' }).waitFor();
    const title = await openTask(large[2]);
    await goTo(page, 'Inbox');
    await page.getByRole('link', { name: title }).waitFor(soon);
  });

  it('is live again after the server was stopped and started', async () => {
    const page = await people.newPage();
    await signIn(page);
    await goTo(page, 'Inbox');
    await page.getByRole('region', { name: 'Tasks' }).getByRole('listitem').first().waitFor();
    await demo.platform.stop();
    await page.getByText('No live connection to Waybill').waitFor();
    await demo.restart();
    const title = await openTask(large[3]);
    await page.getByRole('link', { name: title }).waitFor(soon);
    await page.getByText('No live connection to Waybill').waitFor({ state: 'detached' });
  });
});
