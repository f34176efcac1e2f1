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

/** Notes for each node the frame in which its card first showed that it is done. Runs in the page. */
const watchMarks = `(() => {
  window.doneAt = {};
  const look = () => {
    for (const card of document.querySelectorAll('.react-flow__node .card--done')) {
      const id = card.closest('.react-flow__node').dataset.id;
      window.doneAt[id] ??= Date.now();
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()`;

async function watchRun(page: Page, runUrl: string): Promise<Record<string, number>> {
  await page.goto(runUrl);
  await page.getByRole('button', { name: 'Fit', exact: false }).first().click();
  const nodes = (least: number, count: string) =>
    until(`${least} steps in sight`, async () => (await page.evaluate<number>(count)) >= least);
  await nodes(STEPS, `document.querySelectorAll('.react-flow__node').length`);
  await page.evaluate(watchMarks);
  await nodes(STEPS + 1, 'Object.keys(window.doneAt).length');
  return page.evaluate<Record<string, number>>('window.doneAt');
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
      for (const { nodeId, endedAt } of steps) {
        const seen = shown[nodeId];
        if (nodeId !== 'start' && seen !== undefined && endedAt !== null) delays.push(seen - endedAt);
      }
    }
    const sorted = delays.toSorted((a, b) => a - b);
    const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
    return { p50Ms: at(0.5), p95Ms: at(0.95), slowestMs: at(1), samples: sorted.length };
  });
}
