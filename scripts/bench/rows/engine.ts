import { benchEngine } from '../engine.ts';
import { median } from '../process.ts';
import type { RowGroup } from '../row.ts';

export const engineRows: RowGroup = {
  name: 'engine',
  async measure(rounds) {
    const rates: number[] = [];
    for (let round = 0; round < rounds; round += 1) rates.push((await benchEngine(512, 30_000)).perSecond);
    const rate = median(rates);
    return [
      {
        what: 'three-effect run, effects in this process, journal FULL, 512 in flight',
        floor: 'target 10,000/s',
        measured: `${rate.toFixed(0)}/s`,
        ratio: rate / 10_000,
        target: 'at least 10,000 runs/s',
        met: rate >= 10_000,
      },
    ];
  },
};
