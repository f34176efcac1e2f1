import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { busyMachineMs, chromiumPath, launchBrowser, newVisitor, signInWithPassword } from '../support/browser.ts';
import { administrator, type DemoPlatform, startDemoPlatform } from '../support/demo-platform.ts';

const modifier = 'Control';

/** Drags from the middle of one thing to the middle of another, as a hand does: in steps. */
async function drag(page: Page, from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 5 });
  await page.mouse.move(to.x, to.y, { steps: 5 });
  await page.mouse.up();
}

describe.skipIf(!chromiumPath)('drawing a flow, in Chromium', { timeout: busyMachineMs }, () => {
  let demo: DemoPlatform;
  let browser: Browser;
  beforeAll(async () => {
    [demo, browser] = await Promise.all([startDemoPlatform(), launchBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.close();
  });

  const signedIn = async () => {
    const visitor = await newVisitor(browser);
    await signInWithPassword(visitor.page, demo.platform.url, administrator.email, administrator.password);
    return visitor;
  };
  const newFlow = async (page: Page, name: string) => {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Flows' }).click();
    await page.getByRole('button', { name: 'New flow' }).click();
    await page.getByLabel('Name').fill(name);
    await page.getByRole('button', { name: 'Make flow' }).click();
    await page.getByRole('textbox', { name: 'Name of the flow' }).waitFor();
  };
  const middleOf = async (selector: Locator) => {
    const box = await selector.boundingBox();
    if (!box) throw new Error('It is not on the screen.');
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };
  const edges = (page: Page) => page.locator('.react-flow__edge');

  it('goes from an empty canvas to a published version that ran', async () => {
    const { page, errors, context } = await signedIn();
    await newFlow(page, 'Discount');

    // By mouse: the trigger from the empty canvas.
    await page.getByRole('button', { name: 'Add a trigger' }).click();
    await page.getByRole('option').filter({ hasText: /^Form/ }).first().click();
    const trigger = page.locator('.react-flow__node').first();
    await trigger.waitFor();

    // By keyboard: a transform from the panel. It follows what is selected, or lies free.
    await page.keyboard.press('n');
    await page.getByRole('combobox', { name: 'Search steps' }).fill('transform');
    await page.keyboard.press('Enter');
    await page.locator('.react-flow__node').nth(1).waitFor();
    await page.keyboard.press('Escape');

    // By dragging: the end, out of the panel onto the canvas.
    await page.keyboard.press('n');
    await page.getByRole('combobox', { name: 'Search steps' }).fill('end');
    const option = page.getByRole('option').filter({ hasText: /^End/ }).first();
    const canvas = await page.locator('.react-flow__pane').boundingBox();
    await option.dragTo(page.locator('.react-flow__pane'), {
      targetPosition: { x: (canvas?.width ?? 800) * 0.6, y: (canvas?.height ?? 600) * 0.75 },
    });
    await page.locator('.react-flow__node').nth(2).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');

    // Wired by dragging from port to port.
    const before = await edges(page).count();
    const source = page.locator('.react-flow__node').nth(1).locator('.react-flow__handle.source').first();
    const target = page.locator('.react-flow__node').nth(2).locator('.react-flow__handle.target').first();
    await drag(page, await middleOf(source), await middleOf(target));
    await expect.poll(() => edges(page).count()).toBe(before + 1);

    // A param as an expression, previewed while it is typed.
    await page.locator('.react-flow__node').nth(1).click();
    const inspector = page.getByRole('complementary', { name: 'Inspector' });
    // The first field that is left to fill in: its sign says that it takes an expression.
    const expression = inspector
      .getByRole('combobox', { name: 'Expression' })
      .or(inspector.getByRole('combobox'))
      .first();
    await expression.click();
    await expression.fill('{ "doubled": 21 * 2 }');
    await inspector
      .getByText(/doubled/)
      .last()
      .waitFor();
    await inspector.getByText(/42/).first().waitFor();

    // Undo takes it back, redo brings it again.
    await page.locator('.react-flow__pane').click({ position: { x: 20, y: 20 } });
    await page.keyboard.press(`${modifier}+z`);
    await page.getByRole('button', { name: /^Redo: / }).waitFor();
    await page.keyboard.press(`${modifier}+Shift+z`);
    await page.getByRole('button', { name: 'Nothing to redo' }).waitFor();

    // Run it, and see it live.
    await page.keyboard.press(`${modifier}+Enter`);
    await page.getByRole('dialog').getByRole('button', { name: 'Run', exact: true }).click();
    const strip = page.getByRole('region', { name: 'Run on the canvas' });
    await strip.getByText('Done').waitFor();
    await page.locator('.react-flow__node').nth(1).click();
    await inspector.getByRole('tab', { name: 'Output' }).click();
    await inspector.getByText('42').first().waitFor();

    // Publish.
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.getByRole('dialog').getByLabel('Note').fill('First version');
    await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click();
    await page.getByText('Version 1 is live.').waitFor();
    await context.close();
    expect(errors).toEqual([]);
  });

  it('tells the second tab that the flow changed, and overwrites nothing', async () => {
    const first = await signedIn();
    await newFlow(first.page, 'Two tabs');
    await first.page.getByRole('button', { name: 'Add a trigger' }).click();
    await first.page.getByRole('option').filter({ hasText: /^Form/ }).first().click();
    await first.page.getByText('Draft saved').waitFor();
    const second = await first.context.newPage();
    await second.goto(first.page.url());
    await second.locator('.react-flow__node').first().waitFor();
    await first.page.getByText(/is here too|others are here/).waitFor();

    const rename = async (page: Page, name: string) => {
      const field = page.getByRole('textbox', { name: 'Name of the flow' });
      await field.fill(name);
      await field.press('Enter');
    };
    // What the second tab saves reaches the server after what the first one saved.
    await second.route('**/api/v1/flows/**', async (route) => {
      if (route.request().method() !== 'GET') await firstSaved;
      await route.continue();
    });
    const firstSaved = first.page.waitForResponse((reply) => reply.request().method() !== 'GET' && reply.ok());
    await rename(second, 'Named by the second tab');
    await rename(first.page, 'Named by the first tab');
    await second
      .getByRole('alert')
      .filter({ hasText: /changed this flow in another tab/ })
      .waitFor();
    const names = async () => {
      const { items } = await demo.api('listFlows', { query: { text: 'Named by' } });
      return items.map(({ name }) => name);
    };
    expect(await names()).toEqual(['Named by the first tab']);
    await second.getByRole('button', { name: 'Keep mine as a copy' }).click();
    await expect.poll(names).toHaveLength(2);
    expect(await names()).toContain('Named by the first tab');
    await first.context.close();
    expect(first.errors).toEqual([]);
  });
});
