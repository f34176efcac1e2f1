import type { Page } from 'playwright-core';

export interface Frames {
  p50Ms: number;
  p95Ms: number;
  slowestMs: number;
  /** Share of frames that took longer than 20 ms. */
  late: number;
  frames: number;
  /** CPU of the page's main thread per frame: what a busy machine does not change. */
  mainThreadMs: number;
}

/** Runs in the page: the time of each frame, and how often the view was another one than in the frame before. */
const startFrames = `(() => {
  const seen = { at: [], moved: 0, view: '', going: true };
  window.framesSeen = seen;
  const look = (now) => {
    if (!seen.going) return;
    seen.at.push(now);
    const view = document.querySelector('.react-flow__viewport').style.transform;
    if (view !== seen.view) seen.moved += 1;
    seen.view = view;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()`;

const endFrames = '(() => { window.framesSeen.going = false; return window.framesSeen; })()';

/** The main thread's CPU so far, ms. */
async function mainThreadClock(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1_000;
  };
}

/**
 * Times the frames of a page while a gesture goes on.
 * @throws {Error} when the gesture did not move the canvas in most frames: then nothing was measured.
 */
export async function measureFrames(page: Page, gesture: () => Promise<void>): Promise<Frames> {
  const mainThreadMs = await mainThreadClock(page);
  await page.evaluate(startFrames);
  const from = await mainThreadMs();
  await gesture();
  const spent = (await mainThreadMs()) - from;
  const { at, moved } = await page.evaluate<{ at: number[]; moved: number }>(endFrames);
  const took = at
    .slice(1)
    .map((end, index) => end - (at[index] as number))
    .toSorted((a, b) => a - b);
  if (moved < took.length / 3) throw new Error(`The canvas moved in ${moved} of ${took.length} frames only.`);
  const part = (share: number) => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? Number.NaN;
  const tenths = (ms: number) => Math.round(ms * 10) / 10;
  return {
    p50Ms: tenths(part(0.5)),
    p95Ms: tenths(part(0.95)),
    slowestMs: tenths(part(1)),
    late: took.filter((ms) => ms > 20).length / took.length,
    frames: took.length,
    mainThreadMs: tenths(spent / took.length),
  };
}

const EVERY_MS = 1000 / 60;

/** Calls `move` as often as a pointer moves, each time with how long it has gone on. */
async function atPointerRate(forMs: number, move: (elapsedMs: number) => Promise<void>): Promise<void> {
  const start = performance.now();
  for (let next = start; next < start + forMs; next += EVERY_MS) {
    const early = next - performance.now();
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
    else next = performance.now();
    await move(performance.now() - start);
  }
}

const middleOf = async (page: Page) => {
  const box = await page.locator('.react-flow').boundingBox();
  if (!box) throw new Error('There is no canvas.');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2, radius: Math.min(box.width, box.height) * 0.4 };
};

/** Drags the canvas in circles with the middle button, some 1,000 px/s. */
export async function drag(page: Page, forMs: number): Promise<void> {
  const { x, y, radius } = await middleOf(page);
  await page.mouse.move(x, y);
  await page.mouse.down({ button: 'middle' });
  await atPointerRate(forMs, (elapsed) => {
    const angle = (elapsed / 1000) * 2 * Math.PI * 0.7;
    return page.mouse.move(x + radius * Math.sin(angle), y + radius * (1 - Math.cos(angle)) * 0.5);
  });
  await page.mouse.up({ button: 'middle' });
}

/** Wheels across the canvas, 1,800 px/s. */
export async function wheel(page: Page, forMs: number): Promise<void> {
  const { x, y } = await middleOf(page);
  await page.mouse.move(x, y);
  await atPointerRate(forMs, (elapsed) =>
    page.mouse.wheel(elapsed < forMs / 2 ? 30 : -30, elapsed % 600 < 300 ? 8 : -8),
  );
}

/** Zooms in and out with the wheel and Ctrl. */
export async function zoom(page: Page, forMs: number): Promise<void> {
  const { x, y } = await middleOf(page);
  await page.mouse.move(x, y);
  await page.keyboard.down('Control');
  await atPointerRate(forMs, (elapsed) => page.mouse.wheel(0, elapsed % 1500 < 750 ? 10 : -10));
  await page.keyboard.up('Control');
}
