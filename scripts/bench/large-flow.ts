/** A flow of 1,000 steps in the browser: how long it takes to open, and how evenly it moves. */
import type { Page } from 'playwright-core';
import { chromiumPath } from '../../test/support/browser.ts';
import { until } from '../../test/support/until.ts';
import type { FlowInBrowser } from './flow-in-browser.ts';
import { withFlowInBrowser } from './flow-in-browser.ts';
import type { Frames } from './large-flow-frames.ts';
import { drag, measureFrames, wheel, zoom } from './large-flow-frames.ts';
import { largeFlow } from './large-flow-graph.ts';
import type { Opening } from './large-flow-opening.ts';
import { measureOpening } from './large-flow-opening.ts';
import { median } from './process.ts';

const GESTURE_MS = 3_000;
/** Time for a browser to open the run before its first wait ends. */
const LEAD_MS = 8_000;

export interface LargeFlow {
  openings: { screen: 'editor' | 'run'; cache: 'cold' | 'warm'; seen: Opening }[];
  frames: { screen: 'editor' | 'run'; gesture: string; seen: Frames }[];
  /** Steps per second that ended while the live canvas was moved. */
  liveStepsPerSecond: number;
}

const middle = (seen: Opening[]): Opening => {
  const of = (name: keyof Opening) => median(seen.map((one) => one[name]));
  return { firstCardMs: of('firstCardMs'), openMs: of('openMs'), cards: of('cards') };
};

async function openings({ newPage }: FlowInBrowser, url: string, rounds: number) {
  const cold: Opening[] = [];
  const warm: Opening[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const page = await newPage();
    // Signing in has cached what every screen needs; a browser that has cached nothing is one that keeps nothing.
    const session = await page.context().newCDPSession(page);
    await session.send('Network.clearBrowserCache');
    cold.push(await measureOpening(page, url));
    await measureOpening(page, url);
    warm.push(await measureOpening(page, url));
    await page.context().close();
  }
  return { cold: middle(cold), warm: middle(warm) };
}

async function openCanvas(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.locator('.react-flow__node').first().waitFor();
  // What a screen reads once it is open is none of the gesture's.
  await page.waitForTimeout(1_500);
}

async function gestures(page: Page): Promise<{ gesture: string; seen: Frames }[]> {
  const seen: { gesture: string; seen: Frames }[] = [];
  const measure = async (gesture: string, move: () => Promise<void>) =>
    seen.push({ gesture, seen: await measureFrames(page, move) });
  await measure('drag', () => drag(page, GESTURE_MS));
  await measure('wheel', () => wheel(page, GESTURE_MS));
  await measure('zoom', () => zoom(page, GESTURE_MS));
  await page.getByRole('button', { name: 'Fit the flow' }).click();
  await page.waitForTimeout(800);
  await measure('drag, whole flow in view', () => drag(page, GESTURE_MS));
  return seen;
}

/** Moves the canvas of a run while its steps end. */
async function liveGestures({ url, flowId, api, newPage }: FlowInBrowser, wholeFlow: boolean) {
  const page = await newPage();
  const input = { at: Date.now() + LEAD_MS };
  const { runId } = await api('runFlow', { params: { flowId }, body: { of: 'published', input } });
  await openCanvas(page, `${url}/runs/${runId}`);
  if (wholeFlow) await page.getByRole('button', { name: 'Fit the flow' }).click();
  const ended = async () => (await api('getRun', { params: { runId } })).steps.filter((step) => step.endedAt !== null);
  await until('the first waits to end', async () => (await ended()).length > 50, { everyMs: 250 });
  const from = Date.now();
  const seen = await measureFrames(page, () => drag(page, GESTURE_MS));
  const to = Date.now();
  const meanwhile = (await ended()).filter(({ endedAt }) => endedAt !== null && endedAt >= from && endedAt <= to);
  await page.context().close();
  return { seen, stepsPerSecond: Math.round((meanwhile.length * 1_000) / (to - from)), runId };
}

/** @returns null where there is no browser. */
export async function benchLargeFlow(rounds: number): Promise<LargeFlow | null> {
  if (chromiumPath === null) return null;
  return withFlowInBrowser(largeFlow('bench-large-flow'), async (given) => {
    const { url, flowId, api, newPage } = given;
    const live = await liveGestures(given, false);
    const liveWhole = await liveGestures(given, true);
    await until('the runs to end', async () => {
      const { run } = await api('getRun', { params: { runId: liveWhole.runId } });
      return run.status === 'succeeded';
    });
    const pages = [
      { screen: 'editor', address: `${url}/flows/${flowId}` },
      { screen: 'run', address: `${url}/runs/${live.runId}` },
    ] as const;
    const result: LargeFlow = {
      openings: [],
      frames: [
        { screen: 'run', gesture: 'drag while steps end', seen: live.seen },
        { screen: 'run', gesture: 'drag while steps end, whole flow in view', seen: liveWhole.seen },
      ],
      liveStepsPerSecond: Math.min(live.stepsPerSecond, liveWhole.stepsPerSecond),
    };
    for (const { screen, address } of pages) {
      const { cold, warm } = await openings(given, address, rounds);
      result.openings.push({ screen, cache: 'cold', seen: cold }, { screen, cache: 'warm', seen: warm });
      const page = await newPage();
      await openCanvas(page, address);
      for (const one of await gestures(page)) result.frames.push({ screen, ...one });
      await page.context().close();
    }
    return result;
  });
}
