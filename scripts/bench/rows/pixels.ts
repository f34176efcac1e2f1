import { benchPixels } from '../pixels.ts';
import type { RowGroup } from '../row.ts';

export const pixelRows: RowGroup = {
  name: 'pixels',
  async measure(rounds) {
    const seen = await benchPixels(rounds);
    const common = {
      what: 'event to pixel: step ended to overlay changed, 200 steps/s in one run',
      floor: 'target 200 ms',
      target: 'p95 under 200 ms',
    };
    if (!seen) return [{ ...common, measured: 'no browser here', ratio: Number.NaN, met: 'not measured' }];
    const { p50Ms, p95Ms, slowestMs, samples } = seen;
    return [
      {
        ...common,
        measured: `p50 ${p50Ms} ms, p95 ${p95Ms} ms, slowest ${slowestMs} ms of ${samples} steps`,
        ratio: p95Ms / 200,
        met: p95Ms < 200,
      },
    ];
  },
};
