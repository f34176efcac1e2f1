/** Chromium for the end-to-end tests: found, started and given pages that fail the test on an error of the page. */
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const candidates = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** Null without a browser; the suites then skip by name. */
export const chromiumPath: string | null = candidates.find((path) => path !== undefined && existsSync(path)) ?? null;

/** How long a whole test may take on a machine that does much else; every wait in it ends as soon as it holds. */
export const busyMachineMs = 300_000;

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    ...(chromiumPath ? { executablePath: chromiumPath } : {}),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export interface Visitor {
  context: BrowserContext;
  page: Page;
  /** Errors thrown in the page, in order. */
  errors: string[];
}

/** A person with a browser of their own: cookies and storage are shared with nobody. */
export async function newVisitor(
  browser: Browser,
  options: { colorScheme?: 'light' | 'dark'; viewport?: { width: number; height: number } } = {},
): Promise<Visitor> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    permissions: ['clipboard-read', 'clipboard-write'],
    ...options,
  });
  context.setDefaultTimeout(busyMachineMs / 4);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
  return { context, page, errors };
}

export async function signInWithLink(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByRole('button', { name: 'Sign in with this link' }).click();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
}

export async function signInWithPassword(page: Page, url: string, email: string, password: string): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
}

/** Runs in the page. Null while the focus is outside of what `selector` finds. */
const focusedText = (selector: string) => `(() => {
  const focused = document.activeElement;
  if (!focused?.closest(${JSON.stringify(selector)})) return null;
  return focused.getAttribute('aria-label') ?? focused.textContent.trim();
})()`;

/**
 * Presses Tab until what has the focus reads like this.
 * @param inside where it must be: a dialog may have a button of the same name as the page under it.
 * @throws {Error} naming what had the focus on the way.
 */
export async function tabTo(page: Page, wanted: RegExp, inside = 'body'): Promise<void> {
  const passed: string[] = [];
  for (let presses = 0; presses < 60; presses += 1) {
    const text = await page.evaluate<string | null>(focusedText(inside));
    if (text !== null && wanted.test(text)) return;
    passed.push((text ?? `outside ${inside}`).slice(0, 40));
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab did not reach ${wanted}; it passed ${passed.join(' > ')}`);
}
