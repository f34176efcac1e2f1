import { demoPassword } from '@waybill/cli/platform';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  busyMachineMs,
  chromiumPath,
  launchBrowser,
  newVisitor,
  signInWithLink,
  signInWithPassword,
} from '../support/browser.ts';
import { type DemoPlatform, startDemoPlatform } from '../support/demo-platform.ts';

describe.skipIf(!chromiumPath)('signing in, in Chromium', { timeout: busyMachineMs }, () => {
  let demo: DemoPlatform;
  let browser: Browser;
  beforeAll(async () => {
    [demo, browser] = await Promise.all([startDemoPlatform(), launchBrowser()]);
    await demo.platform.stop();
    await demo.restart({ signIn: false });
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.close();
  });

  it('lets the printed link in once, and not a second time', async () => {
    const { page, context, errors } = await newVisitor(browser);
    const link = demo.platform.signInLink;
    await signInWithLink(page, link);
    expect(new URL(page.url()).pathname).not.toBe('/sign-in');
    await context.close();

    const second = await newVisitor(browser);
    await second.page.goto(link);
    await second.page.getByRole('button', { name: 'Sign in with this link' }).click();
    await second.page.getByRole('alert').waitFor();
    expect(new URL(second.page.url()).pathname).toBe('/sign-in');
    await second.context.close();
    expect([...errors, ...second.errors]).toEqual([]);
  });

  it('says what is wrong with a password, lets the right one in, and signs out', async () => {
    const { page, context, errors } = await newVisitor(browser);
    await page.goto(`${demo.platform.url}/runs`);
    await page.getByLabel('E-mail').fill('sofia.keller@waybill-demo.example');
    await page.getByLabel('Password').fill('not-the-password');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('alert').waitFor();

    await signInWithPassword(page, demo.platform.url, 'sofia.keller@waybill-demo.example', demoPassword);
    await page.getByRole('button', { name: /User menu/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByLabel('Password').waitFor();

    await page.goto(`${demo.platform.url}/runs`);
    await page.getByLabel('Password').waitFor();
    await context.close();
    expect(errors).toEqual([]);
  });

  it('brings whoever opened a deep address there after signing in', async () => {
    const { page, context } = await newVisitor(browser);
    await page.goto(`${demo.platform.url}/inbox`);
    await page.getByLabel('E-mail').fill('sofia.keller@waybill-demo.example');
    await page.getByLabel('Password').fill(demoPassword);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page
      .getByRole('heading', { name: 'Inbox' })
      .or(page.getByRole('region', { name: 'Tasks' }))
      .first()
      .waitFor();
    expect(new URL(page.url()).pathname).toBe('/inbox');
    await context.close();
  });
});
