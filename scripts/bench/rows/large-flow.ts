import { benchLargeFlow } from '../large-flow.ts';
import type { Row, RowGroup } from '../row.ts';

const OPEN_MS = 1_500;
const FRAME_MS = 20;

export const largeFlowRows: RowGroup = {
  name: 'large-flow',
  async measure(rounds) {
    const result = await benchLargeFlow(rounds);
    const opening = {
      floor: `target ${OPEN_MS.toLocaleString('en')} ms`,
      target: `under ${OPEN_MS.toLocaleString('en')} ms`,
    };
    const moving = { floor: `target ${FRAME_MS} ms`, target: `p95 of frames at most ${FRAME_MS} ms` };
    const unmeasured = { measured: 'no browser here', ratio: Number.NaN, met: 'not measured' as const };
    if (!result)
      return [
        { what: 'a flow of 1,000 steps opens', ...opening, ...unmeasured },
        { what: 'a flow of 1,000 steps is moved', ...moving, ...unmeasured },
      ];
    return [
      ...result.openings.map(
        ({ screen, cache, seen }): Row => ({
          what: `1,000 steps open in the ${screen} screen, ${cache} cache`,
          ...opening,
          measured: `${seen.openMs} ms, first card ${seen.firstCardMs} ms, ${seen.cards} cards drawn`,
          ratio: seen.openMs / OPEN_MS,
          met: seen.openMs < OPEN_MS,
        }),
      ),
      ...result.frames.map(({ screen, gesture, seen }): Row => {
        const live = gesture.includes('steps end') ? ` (${result.liveStepsPerSecond}/s)` : '';
        return {
          what: `1,000 steps in the ${screen} screen: ${gesture}${live}`,
          ...moving,
          measured: `p50 ${seen.p50Ms} ms, p95 ${seen.p95Ms} ms, slowest ${seen.slowestMs} ms, ${Math.round(seen.late * 100)} % of ${seen.frames} frames over ${FRAME_MS} ms, main thread ${seen.mainThreadMs} ms of CPU per frame`,
          ratio: seen.p95Ms / FRAME_MS,
          met: seen.p95Ms <= FRAME_MS,
        };
      }),
    ];
  },
};
