/** Every screen as it is pictured: where it is and what has to be done there first. */
import type { Page } from 'playwright-core';
import type { DemoPlatform } from '../../test/support/demo-platform.ts';
import { type History, readRecords } from './history.ts';

export interface Shot {
  name: string;
  address: string;
  /** What has to be done after the page is there, before the picture is taken. */
  prepare?: (page: Page) => Promise<void>;
  /** Begins what the picture shows under way. @returns the address. */
  begin?: () => Promise<{ address: string; end: () => Promise<void> }>;
}

export async function shotsOf(demo: DemoPlatform, history: History): Promise<Shot[]> {
  const { done, failed, waiting, dealId } = history;
  const { items } = await demo.api('listFlows', { query: {} });
  const flow = `/flows/${items.find(({ name }) => name === 'Opportunity to project')?.id}`;
  const dialog = async (page: Page) => void (await page.getByRole('dialog').waitFor());
  return [
    { name: 'home', address: '/' },
    { name: 'flows', address: '/flows' },
    { name: 'flow-editor', address: flow, prepare: selectStep },
    {
      name: 'node-panel',
      address: flow,
      prepare: async (page) => {
        await page.locator('.react-flow__node').first().waitFor();
        await page.keyboard.press('n');
        await page.getByRole('region', { name: 'Add a step' }).waitFor();
      },
    },
    { name: 'versions', address: `${flow}/versions`, prepare: dialog },
    { name: 'runs', address: '/runs' },
    { name: 'run', address: `/runs/${done}?step=project`, prepare: stepShown('Create the project in the PSA') },
    { name: 'run-waiting', address: `/runs/${waiting}` },
    { name: 'run-failed', address: `/runs/${failed}` },
    { name: 'run-queued', address: `/runs/${history.queued}` },
    { name: 'run-repeated', address: `/runs/${history.repeated}` },
    {
      name: 'run-checked-again',
      address: `/runs/${history.checkedAgain.runId}`,
      prepare: inView('Checked again once'),
    },
    { name: 'run-taken-back', address: `/runs/${history.takenBack}`, prepare: openStepNamed('Create the project') },
    {
      name: 'run-records',
      address: '',
      begin: async () => {
        const runId = await readRecords(demo);
        const cancel = { params: { runId }, body: { reason: 'Only to be looked at.' } };
        return {
          address: `/runs/${runId}`,
          end: async () => {
            const { run } = await demo.api('getRun', { params: { runId } });
            if (run.status === 'running') await demo.api('cancelRun', cancel);
          },
        };
      },
      prepare: async (page) => {
        await openStepNamed('Write the warehouse file')(page);
        await page.getByRole('tab', { name: 'Records' }).click();
      },
    },
    { name: 'repeat-dialog', address: `/runs/${failed}`, prepare: clickTo('Repeat…') },
    { name: 'take-back-dialog', address: `/runs/${history.toTakeBack}`, prepare: clickTo('Take back effects…') },
    { name: 'bulk-dialog', address: '/runs?status=failed', prepare: clickTo('Act on all…') },
    { name: 'bulk', address: '/bulk' },
    { name: 'bulk-operation', address: `/bulk/${history.bulkId}` },
    { name: 'held-up', address: '/runs/held-up' },
    { name: 'effects', address: '/effects' },
    { name: 'about', address: `/runs/${done}`, prepare: openAbout },
    { name: 'exceptions', address: '/exceptions?view=causes' },
    { name: 'exception-list', address: '/exceptions?view=list', prepare: openFirst(/Meadow Labs/) },
    { name: 'exception-came-back', address: `/exceptions/${history.checkedAgain.exceptionId}?view=list` },
    { name: 'exception-sums', address: '/exceptions?view=sums' },
    { name: 'exception-routing', address: '/settings?tab=routing' },
    { name: 'inbox', address: '/inbox?view=all' },
    {
      name: 'task-fix',
      address: '/inbox?view=all',
      prepare: async (page) =>
        page
          .getByRole('link', { name: /^Complete the deal/ })
          .first()
          .click(),
    },
    { name: 'task-approval', address: '/inbox?view=all', prepare: openFirst(/^Approve/) },
    { name: 'connections', address: '/connections' },
    {
      name: 'connection-dialog',
      address: '/connections',
      prepare: async (page) => {
        await page
          .getByRole('button', { name: /New connection|Add connection|Connect/ })
          .first()
          .click();
        await dialog(page);
      },
    },
    {
      name: 'connection-calls',
      address: '/connections',
      prepare: async (page) => {
        await page.getByRole('button', { name: /^Calls to NetSuite/ }).click();
        await dialog(page);
      },
    },
    { name: 'tables', address: '/tables' },
    { name: 'table', address: '/tables/rate-cards' },
    { name: 'audit', address: '/audit' },
    { name: 'settings', address: '/settings' },
    { name: 'notifications', address: '/settings?tab=notifications' },
    {
      name: 'command-bar',
      address: '/runs',
      prepare: async (page) => {
        await page.getByRole('heading', { name: 'Runs' }).waitFor();
        await page.keyboard.press('Control+k');
        await dialog(page);
      },
    },
    { name: 'crm-deal', address: `${demo.simulators.get('salesforce').info.baseUrl}/deals/${dealId}` },
  ];
}

async function selectStep(page: Page): Promise<void> {
  const step = page.locator('.react-flow__node').nth(2);
  await step.waitFor();
  await step.click();
  await page.getByRole('tab', { name: 'Parameters' }).waitFor();
}

/** The step that the address names: of a long flow only the rows in view can be clicked. */
const stepShown = (title: string) => async (page: Page) => {
  await page.getByRole('region', { name: `Step ${title}` }).waitFor();
};

const openStepNamed = (title: string) => async (page: Page) => {
  await page.getByRole('region', { name: 'Steps', exact: true }).getByText(title).click();
  await page.getByRole('region', { name: /^Step / }).waitFor();
};

/** Presses the button that opens a dialog. */
const clickTo = (button: string) => async (page: Page) => {
  await page.getByRole('button', { name: button }).first().click();
  await page.getByRole('dialog').waitFor();
};

/** What the run is about, from its header. */
async function openAbout(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).getByRole('link').click();
  await page.getByRole('region', { name: 'What happened' }).getByRole('listitem').first().waitFor();
}

const inView = (words: string) => async (page: Page) => void (await page.getByText(words).first().waitFor());

const openFirst = (link: RegExp) => async (page: Page) => {
  await page.getByRole('link', { name: link }).first().click();
};
