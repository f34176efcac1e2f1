import type { RowGroup } from '../row.ts';
import { benchRunList } from '../run-list.ts';

export const runListRows: RowGroup = {
  name: 'run-list',
  async measure() {
    const measured = await benchRunList();
    const slowest = measured.reduce((a, b) => (b.pageP95Ms > a.pageP95Ms ? b : a));
    const counts = measured.reduce((a, b) => (b.countsP95Ms > a.countsP95Ms ? b : a));
    const worstMs = Math.max(slowest.pageP95Ms, counts.countsP95Ms);
    return [
      {
        what: `run list with 1,000,000 stored runs, ${measured.length} filters`,
        floor: 'target 200 ms',
        measured: `slowest page p95 ${slowest.pageP95Ms.toFixed(0)} ms (${slowest.filter}), slowest counts p95 ${counts.countsP95Ms.toFixed(0)} ms (${counts.filter})`,
        ratio: worstMs / 200,
        target: 'page and counts p95 under 200 ms',
        met: worstMs < 200,
      },
    ];
  },
};
