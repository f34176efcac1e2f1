import { afterAll, beforeAll, expect, it } from 'vitest';
import { storm } from '../../scripts/storm/storm.ts';
import { type DemoPlatform, startDemoPlatform } from '../support/demo-platform.ts';

/** Printed with a failure, so that the same moments can be asked for again. */
const seed = Number(process.env['WAYBILL_TEST_SEED'] ?? Date.now() % 100_000);

let demo: DemoPlatform;
beforeAll(async () => {
  demo = await startDemoPlatform();
}, 180_000);
afterAll(() => demo.close());

it(`keeps every promise to twenty deals in a storm with two kills (seed ${seed})`, { timeout: 600_000 }, async () => {
  const lines: string[] = [];
  const report = await storm(demo, { deals: 20, kills: 2, seed, onProgress: (line) => lines.push(line) }).catch(
    (error: unknown) => {
      throw new Error(lines.join('\n'), { cause: error });
    },
  );
  expect(report.promises.filter(({ broken }) => broken.length > 0)).toEqual([]);
  expect(report.promises[0]).toMatchObject({ expected: 20, found: 20 });
  expect(report.outcomes.get('completed') ?? 0).toBeGreaterThan(0);
});
