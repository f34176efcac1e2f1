/** Takes the pictures: each shot in two sizes, light and dark. */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { newVisitor, signInWithPassword } from '../../test/support/browser.ts';
import { administrator, type DemoPlatform } from '../../test/support/demo-platform.ts';
import type { Shot } from './shots.ts';

const sizes = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];
const themes = ['light', 'dark'] as const;

interface Order {
  browser: Browser;
  demo: DemoPlatform;
  folder: string;
  shots: readonly Shot[];
  /** Names of shots; empty: all. */
  wanted: readonly string[];
}

/** @returns how many files were written and how many screens could not be pictured; those are named on stderr. */
export async function takePictures(order: Order): Promise<{ count: number; failures: number }> {
  const { browser, demo, folder, shots, wanted } = order;
  const { url } = demo.platform;
  const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name);
  let count = 0;
  let failures = 0;
  for (const theme of themes) {
    const { page, context } = await newVisitor(browser, { colorScheme: theme });
    const take = async (name: string) => {
      count += await pictureOf(page, (width) => join(folder, `${name}-${theme}-${width}.png`));
    };
    await page.goto(`${url}/sign-in`);
    if (isWanted('sign-in')) await take('sign-in');
    await signInWithPassword(page, url, administrator.email, administrator.password);
    for (const { name, address, begin, prepare } of shots.filter((shot) => isWanted(shot.name))) {
      let end: (() => Promise<void>) | undefined;
      try {
        const begun = await begin?.();
        end = begun?.end;
        const place = begun?.address ?? address;
        await page.goto(place.startsWith('http') ? place : url + place);
        await page.getByRole('heading').first().waitFor();
        await prepare?.(page);
        await take(name);
      } catch (error) {
        failures += 1;
        console.error(`${name}, ${theme}: ${error instanceof Error ? error.message : String(error)}`);
      } finally {
        await end?.();
      }
    }
    await context.close();
  }
  return { count, failures };
}

async function pictureOf(page: Page, pathOf: (width: number) => string): Promise<number> {
  await page.waitForLoadState('networkidle');
  await page.evaluate('document.fonts.ready');
  for (const size of sizes) {
    await page.setViewportSize(size);
    await page.screenshot({ path: pathOf(size.width), animations: 'disabled', caret: 'hide' });
  }
  await page.setViewportSize(sizes[0]!);
  return sizes.length;
}
