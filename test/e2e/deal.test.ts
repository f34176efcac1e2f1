import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { busyMachineMs, chromiumPath, tabTo } from '../support/browser.ts';
import { addDeals, correctDeal } from '../support/crm-deals.ts';
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

const tom = 'tom.ashworth@waybill-demo.example';
const sofia = 'sofia.keller@waybill-demo.example';
const karim = 'karim.haddad@waybill-demo.example';

describe.skipIf(!chromiumPath)('a deal on its way, in Chromium', { timeout: busyMachineMs }, () => {
  let demo: DemoPlatform;
  let people: People;
  let deals: CrmDeal[];

  const person = (email: string) => people.signedIn(demo.platform.url, email);
  /** The simulated CRM in a browser of its own: "Mark as closed won" on the page of the deal. */
  const closeByHand = async (deal: CrmDeal): Promise<Page> => {
    const page = await people.newPage();
    await page.goto(demo.simulators.get('salesforce').info.baseUrl);
    await page.getByRole('link', { name: deal.name }).click();
    await page.getByRole('button', { name: 'Mark as closed won' }).click();
    await page.getByText('Marked as closed won').waitFor();
    return page;
  };
  const system = (name: 'kantata' | 'netsuite') => demo.simulators.get(name).info.baseUrl;
  const goTo = (page: Page, place: string) =>
    page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: place }).click();
  const runRow = (page: Page, deal: CrmDeal) =>
    page.getByRole('list', { name: 'Runs' }).getByRole('listitem').filter({ hasText: deal.name });

  beforeAll(async () => {
    [demo, people] = await Promise.all([startDemoPlatform(), startPeople()]);
    deals = await openDeals(demo);
  });
  afterAll(() => people?.close().finally(() => demo.close()));

  it('becomes a project everywhere, once finance has approved it', async () => {
    const deal = deals.find((each) => isComplete(each) && each.amount > 150_000)!;
    const operator = await person(tom);
    await goTo(operator, 'Runs');
    await operator.getByRole('heading', { name: 'Runs' }).waitFor();
    const finance = await person(sofia);
    await goTo(finance, 'Inbox');

    const crm = await closeByHand(deal);
    await runRow(operator, deal).getByText('Waiting').waitFor();

    await finance.getByRole('link', { name: `Approve ${deal.name}` }).click();
    await finance.getByRole('heading', { name: `Approve ${deal.name}` }).waitFor();
    await finance.getByRole('button', { name: 'Approve' }).click();
    await finance.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await finance.getByText(/Sofia Keller decided/).waitFor();

    await runRow(operator, deal).getByText('Done').first().waitFor();

    await crm.reload();
    const code = await crm.getByLabel('Project code').inputValue();
    expect(code).toMatch(/^P-\d+$/);
    await crm.goto(system('kantata'));
    await crm.getByText(deal.name).first().waitFor();
    await crm.goto(system('netsuite'));
    await crm.getByText(deal.name).first().waitFor();
  });

  it('goes on when the deal desk has filled in what was missing', async () => {
    const deal = deals.find((each) => !isComplete(each))!;
    const desk = await person(karim);
    await goTo(desk, 'Inbox');
    const crm = await closeByHand(deal);

    await desk.getByRole('link', { name: `Complete the deal ${deal.name}` }).click();
    await desk.getByText(/Missing:/).waitFor();
    const choices: Record<string, string> = {
      'Legal entity': 'DE01',
      Currency: 'EUR',
      'Rate card': 'Standard 2026 EUR',
      'Contract type': 'Retainer',
    };
    for (const [label, choice] of Object.entries(choices)) {
      const field = desk.getByLabel(label);
      if ((await field.inputValue()) === '') await field.selectOption(choice);
    }
    await desk.getByRole('button', { name: 'Save and go on' }).click();
    await desk.getByRole('dialog').getByRole('button', { name: 'Save and go on' }).click();
    await desk.getByText(/Karim Haddad decided/).waitFor();

    const operator = await person(tom);
    await goTo(operator, 'Runs');
    if (deal.amount > 100_000) await runRow(operator, deal).getByText('Finance').first().waitFor();
    else await runRow(operator, deal).getByText('Done').first().waitFor();
    await crm.reload();
    expect(await crm.getByLabel('Rate card').inputValue()).not.toBe('');
  });

  it('is an exception that comes back until what it lacks is corrected, and then becomes a project', async () => {
    const name = 'Harbour service desk';
    const [dealId = ''] = await addDeals(demo, [{ name, amount: 24_000, lacks: ['AccountId'] }]);
    await closeDeal(demo, dealId);
    const desk = await person(karim);
    await goTo(desk, 'Inbox');
    await desk.getByRole('link', { name: `Complete the deal ${name}` }).click();
    await desk.getByLabel('Tax id of the customer').fill('DE999000111');
    await desk.getByRole('button', { name: 'Save and go on' }).click();
    await desk.getByRole('dialog').getByRole('button', { name: 'Save and go on' }).click();

    const problem = await until('the exception', async () => {
      const { items } = await demo.api('listExceptions', { query: { limit: 50 } });
      return items.find((one) => one.title.includes(name));
    });
    await goTo(desk, 'Exceptions');
    await desk.goto(`${demo.platform.url}/exceptions/${problem.id}?view=list`);
    await desk.getByRole('heading', { name: `No project yet for ${name}: the deal is still incomplete` }).waitFor();
    await desk.getByText(/24,000.*at stake/).waitFor();
    const fixed = async () => {
      await desk.getByRole('button', { name: 'Fixed: check again' }).click();
      await desk.getByRole('dialog').getByRole('button', { name: 'Fixed: check again' }).click();
    };
    await fixed();
    await desk.getByText('Came back once').waitFor();
    expect(await desk.getByLabel('Tax id of the customer').inputValue()).toBe('DE999000111');

    await correctDeal(demo, dealId, { AccountId: deals.find(isComplete)?.fields['AccountId'] });
    await fixed();
    await until('the run to succeed', async () => {
      const { run } = await demo.api('getRun', { params: { runId: problem.runId } });
      return run.status === 'succeeded';
    });
    await desk.getByText('Karim Haddad').last().waitFor();

    const { steps } = await demo.api('getRun', { params: { runId: problem.runId } });
    const asked = steps.find((step) => step.sentBack === 2);
    const operator = await person(tom);
    await operator.goto(`${demo.platform.url}/runs/${problem.runId}?step=${asked?.step}`);
    await operator.locator('.run-graph').getByText('Checked again 2 times').waitFor();
  });

  it('can be decided with the keyboard alone', async () => {
    const deal = deals.filter((each) => isComplete(each) && each.amount > 150_000)[1]!;
    await closeByHand(deal);
    const page = await person(sofia);
    await page.getByRole('link', { name: 'Inbox' }).waitFor();
    await tabTo(page, /^Inbox/);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: `Approve ${deal.name}` }).waitFor();
    await tabTo(page, new RegExp(`^Approve ${deal.name}`), '.inbox__cards');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: `Approve ${deal.name}` }).waitFor();
    await page.getByRole('button', { name: 'Approve', exact: true }).waitFor();
    await tabTo(page, /^Approve$/, '.task-detail');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await tabTo(page, /^Approve$/, '[role=dialog]');
    await page.keyboard.press('Enter');
    await page.getByText(/Sofia Keller decided/).waitFor();
  });

  it('keeps the task that opened by itself while others come and go, and says that it was decided', async () => {
    const [, , first, second] = deals.filter((each) => isComplete(each) && each.amount > 150_000);
    if (!first || !second) throw new Error('The demo firm has too few large deals.');
    await closeDeal(demo, first.id);
    const page = await person(sofia);
    await goTo(page, 'Inbox');
    const heading = page.getByRole('heading', { name: `Approve ${first.name}` });
    // Said apart from the screen: which of the two failed is then known.
    await until('the approval of the first deal', async () => {
      const { items } = await demo.api('listTasks', { query: { view: 'all', limit: 100 } });
      return items.some((task) => task.title.includes(first.name));
    });
    await heading.waitFor();
    await page.getByLabel('Comment').fill('As agreed.');
    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    const asked = page.getByRole('dialog');
    await asked.waitFor();

    // The newest task is the first of the list.
    await closeDeal(demo, second.id);
    await page.locator('.inbox__cards li').filter({ hasText: second.name }).waitFor();
    await asked.getByRole('button', { name: 'Approve' }).click();
    await page.locator('.inbox__cards li').filter({ hasText: first.name }).waitFor({ state: 'detached' });
    await page.getByText(/Sofia Keller decided/).waitFor();
    await page.getByText('“As agreed.”').waitFor();
    expect(await heading.isVisible()).toBe(true);
  });
});
