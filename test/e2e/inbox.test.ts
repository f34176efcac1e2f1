import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { busyMachineMs, chromiumPath } from '../support/browser.ts';
import {
  administrator,
  closeDeal,
  type DemoPlatform,
  isComplete,
  openDeals,
  startDemoPlatform,
} from '../support/demo-platform.ts';
import { type People, startPeople } from '../support/people.ts';

const sofia = 'sofia.keller@waybill-demo.example';
const karim = 'karim.haddad@waybill-demo.example';

describe.skipIf(!chromiumPath)('the inbox, in Chromium', { timeout: busyMachineMs }, () => {
  let demo: DemoPlatform;
  let people: People;
  beforeAll(async () => {
    [demo, people] = await Promise.all([startDemoPlatform(), startPeople()]);
  });
  afterAll(() => people?.close().finally(() => demo.close()));
  const person = (email: string, password?: string) => people.signedIn(demo.platform.url, email, password);

  it('takes an approval from the desk of one person to that of another, who decides it by keyboard', async () => {
    const deal = (await openDeals(demo)).find((each) => isComplete(each) && each.amount > 150_000);
    if (!deal) throw new Error('The demo firm has no large deal.');
    await closeDeal(demo, deal.id);
    const admin = await person(administrator.email, administrator.password);
    await admin.goto(`${demo.platform.url}/inbox?view=all`);
    await admin.getByRole('heading', { name: `Approve ${deal.name}` }).waitFor();

    await admin.getByLabel('Write to everybody on this task').fill('The margin is confirmed.');
    await admin.getByRole('button', { name: 'Comment', exact: true }).click();
    await admin.locator('.history').getByText('The margin is confirmed.').waitFor();
    await admin.setInputFiles('input[type=file]', {
      name: 'Statement of work.pdf',
      mimeType: 'application/pdf',
      buffer: Buffer.from('%PDF-1.7 scope'),
    });
    const file = admin.getByRole('link', { name: 'Statement of work.pdf' });
    const [saved] = await Promise.all([admin.waitForEvent('download'), file.click()]);
    expect(saved.suggestedFilename()).toBe('Statement of work.pdf');

    await admin.getByRole('button', { name: 'Assign…' }).click();
    await admin.getByLabel('Search people').fill('sofia');
    await admin.getByRole('radio', { name: /Sofia Keller/ }).check();
    await admin.getByRole('button', { name: 'Assign to Sofia Keller' }).click();
    await admin.getByText('with Sofia Keller').waitFor();
    const link = new URL(admin.url());
    const [task] = (await demo.api('listTasks', { query: { view: 'all' } })).items;
    link.pathname = `/inbox/${task?.id}`;
    link.search = '?decision=approve';

    // Whoever is not asked learns nothing from the link, and decides nothing by opening it.
    const other = await person(karim);
    await other.goto(link.href);
    await other.getByRole('heading', { name: 'This task is not addressed to you' }).waitFor();

    const finance = await person(sofia);
    await finance.goto(link.href);
    await finance.getByRole('heading', { name: `Approve ${deal.name}` }).waitFor();
    expect((await demo.api('getTask', { params: { taskId: task?.id ?? '' } })).status).toBe('open');
    await finance.keyboard.press('a');
    await finance.getByRole('dialog').getByRole('button', { name: 'Approve' }).press('Enter');
    await finance
      .getByText(/Sofia Keller decided: Approve/)
      .first()
      .waitFor();

    await admin
      .getByText(/Sofia Keller decided: Approve/)
      .first()
      .waitFor();
  });
});
