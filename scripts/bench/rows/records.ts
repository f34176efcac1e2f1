import { benchRecords } from '../records.ts';
import type { RowGroup } from '../row.ts';

export const recordRows: RowGroup = {
  name: 'records',
  async measure(rounds) {
    const { floorMs, oursMs, idleMb, peakMb, longestWaitMs, meanwhileMs } = await benchRecords(rounds);
    return [
      {
        what: '1,000,000-row CSV mapped and totalled',
        floor: `plain streaming script ${floorMs.toFixed(0)} ms`,
        measured: `${oursMs.toFixed(0)} ms`,
        ratio: oursMs / floorMs,
        target: 'at most 3 times as long',
        met: oursMs <= 3 * floorMs,
      },
      {
        what: 'the same: most memory of all processes together, shared pages counted once',
        floor: `idle ${idleMb.toFixed(0)} MB`,
        measured: `${peakMb.toFixed(0)} MB`,
        ratio: peakMb / idleMb,
        target: 'under 300 MB',
        met: peakMb < 300,
      },
      {
        what: `longest wait of another request while 200,000 records are processed (${meanwhileMs.toFixed(0)} ms)`,
        floor: 'target 100 ms',
        measured: `${longestWaitMs.toFixed(0)} ms`,
        ratio: longestWaitMs / 100,
        target: 'under 100 ms',
        met: longestWaitMs < 100,
      },
    ];
  },
};
