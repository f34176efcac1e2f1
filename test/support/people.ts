/** People who look at the platform, each in a browser of their own; an error thrown in any of their pages fails the test. */
import { demoPassword } from '@waybill/cli/platform';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { launchBrowser, newVisitor, signInWithPassword, type Visitor } from './browser.ts';

export interface People {
  newPage(): Promise<Page>;
  /** Left out: the password of the demo firm. */
  signedIn(url: string, email: string, password?: string): Promise<Page>;
  /** @throws {AssertionError} listing the errors of all pages, if there were any. */
  close(): Promise<void>;
}

export async function startPeople(): Promise<People> {
  const browser = await launchBrowser();
  const visitors: Visitor[] = [];
  const newPage = async (): Promise<Page> => {
    const visitor = await newVisitor(browser);
    visitors.push(visitor);
    return visitor.page;
  };
  return {
    newPage,
    async signedIn(url, email, password = demoPassword) {
      const page = await newPage();
      await signInWithPassword(page, url, email, password);
      return page;
    },
    async close() {
      await browser.close();
      expect(visitors.flatMap((visitor) => visitor.errors)).toEqual([]);
    },
  };
}
