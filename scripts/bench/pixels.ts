/** Event to pixel: from the moment in the journal at which a step ended to the frame in which the browser shows it. */
import type { Page } from 'playwright-core';
import { chromiumPath } from '../../test/support/browser.ts';
import { until } from '../../test/support/until.ts';
import { withFlowInBrowser } from './flow-in-browser.ts';
import { pixelsFlow } from './pixels-flow.ts';

const STEPS = 200;
const APART_MS = 5;

export interface Pixels {
  p50Ms: number;
  p95Ms: number;
  slowestMs: number;
  samples: number;
}

/**
 * Notes for each frame how many steps the picture of the flow shows as done: the moment at which the first was, the second, and
 * so on. Seen from afar, steps that look alike are one path, see `FarPicture`. Runs in the page.
 */
const watchMarks = `(() => {
  window.doneAt = [];
  const look = () => {
    const paths = [...document.querySelectorAll('.far-card.far-box--done')].map((path) => path.getAttribute('d'));
    const done = paths.join('').split('M').length - 1;
    while (window.doneAt.length < done) window.doneAt.push(Date.now());
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()`;

/** @returns when each step was seen to be done, in the order in which they were, epoch ms. */
async function watchRun(page: Page, runUrl: string): Promise<number[]> {
  await page.goto(runUrl);
  await page.getByRole('button', { name: 'Fit', exact: false }).first().click();
  await page.locator('.far-picture').waitFor({ state: 'attached' });
  await page.evaluate(watchMarks);
  const seen = () => page.evaluate<number[]>('window.doneAt');
  await until(`${STEPS + 1} steps seen to be done`, async () => (await seen()).length >= STEPS + 1);
  return seen();
}

/** @returns null where there is no browser. */
export async function benchPixels(rounds: number): Promise<Pixels | null> {
  if (chromiumPath === null) return null;
  return withFlowInBrowser(pixelsFlow('bench-pixels', STEPS, APART_MS), async ({ url, flowId, api, newPage }) => {
    const page = await newPage();
    const delays: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { runId } = await api('runFlow', { params: { flowId }, body: { of: 'published', input: {} } });
      const shown = await watchRun(page, `${url}/runs/${runId}`);
      await until('the run to end', async () => {
        const { run } = await api('getRun', { params: { runId } });
        return run.status === 'succeeded';
      });
      const { steps } = await api('getRun', { params: { runId } });
      const ended = steps.flatMap(({ endedAt }) => endedAt ?? []).toSorted((one, other) => one - other);
      // The first is the start, over before anybody looked. News comes in the order of the journal.
      for (const [nth, endedAt] of ended.entries()) if (nth > 0) delays.push((shown[nth] ?? Number.NaN) - endedAt);
    }
    const sorted = delays.toSorted((a, b) => a - b);
    const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
    return { p50Ms: at(0.5), p95Ms: at(0.95), slowestMs: at(1), samples: sorted.length };
  });
}
