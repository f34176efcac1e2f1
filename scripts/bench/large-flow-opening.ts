import type { Page } from 'playwright-core';
import { until } from '../../test/support/until.ts';

export interface Opening {
  /** The frame in which the first card was there. */
  firstCardMs: number;
  /** The frame after which no card, edge or view changed any more and no task kept the page from answering. */
  openMs: number;
  cards: number;
}

const QUIET_MS = 700;

/** Runs in the page before anything else: notes when the canvas last changed and when the last long task ended. */
const watchOpening = `(() => {
  const seen = { first: 0, changed: 0, busyUntil: 0, picture: '' };
  window.openingSeen = seen;
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) seen.busyUntil = Math.max(seen.busyUntil, startTime + duration);
  }).observe({ type: 'longtask', buffered: true });
  const look = () => {
    const cards = document.querySelectorAll('.react-flow__node');
    const shown = [...cards].filter((card) => card.style.visibility !== 'hidden').length;
    if (shown > 0) {
      const view = document.querySelector('.react-flow__viewport').style.transform;
      const picture = [shown, document.querySelectorAll('.react-flow__edge').length, view].join(' ');
      seen.first ||= performance.now();
      if (picture !== seen.picture) Object.assign(seen, { picture, changed: performance.now() });
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()`;

const isQuiet = `(() => {
  const { first, changed, busyUntil } = window.openingSeen;
  return first > 0 && performance.now() - Math.max(changed, busyUntil) > ${QUIET_MS};
})()`;

/** From the start of the navigation to a page of its own until the canvas is there and the page at rest. */
export async function measureOpening(page: Page, url: string): Promise<Opening> {
  const opened = await page.context().newPage();
  try {
    await opened.addInitScript(watchOpening);
    await opened.goto(url, { waitUntil: 'commit' });
    await until('the canvas to be at rest', () => opened.evaluate<boolean>(isQuiet));
    const { first, changed, busyUntil } = await opened.evaluate<{ first: number; changed: number; busyUntil: number }>(
      'window.openingSeen',
    );
    const cards = await opened.locator('.react-flow__node').count();
    return { firstCardMs: Math.round(first), openMs: Math.round(Math.max(changed, busyUntil)), cards };
  } finally {
    await opened.close();
  }
}
