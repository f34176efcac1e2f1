import { expect, it } from 'vitest';
import { partsWithRuns } from './run-names.ts';

const older = '01a1ff900e6b0000f82f32a27a56c6a6';
const newer = '01a1ff900f4800003feb74bebdd5d4ef';

it('cuts a message where it names runs, and shortens their ids', () => {
  const parts = partsWithRuns(`Run ${older} cannot go on: run ${newer} repeats it.`);
  expect(parts.map(({ text, runId }) => ({ text, runId }))).toEqual([
    { text: 'Run …56c6a6', runId: older },
    { text: ' cannot go on: ', runId: null },
    { text: 'run …d5d4ef', runId: newer },
    { text: ' repeats it.', runId: null },
  ]);
});

it('leaves a message that names no run as it is', () => {
  const message = `Another run of B-1001 is under way, and record ${newer} is missing.`;
  expect(partsWithRuns(message)).toEqual([{ at: 0, text: message, runId: null }]);
  expect(partsWithRuns('')).toEqual([]);
});
