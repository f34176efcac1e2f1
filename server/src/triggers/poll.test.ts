import { manualClock } from '@waybill/engine/testing';
import { expect, it } from 'vitest';
import { runPoll } from './poll.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('leaves looks out while its system is not to be called, and takes that for no failure', async () => {
  const clock = manualClock();
  let isHeld = true;
  let looks = 0;
  const faults: unknown[] = [];
  const stop = runPoll({
    everyMs: 1_000,
    clock,
    watermark: null,
    async poll() {
      looks += 1;
      return { events: [], watermark: looks };
    },
    start: async () => undefined,
    remember: async () => undefined,
    isHeld: () => isHeld,
    onFault: (error) => faults.push(error),
  });
  const seconds = async (count: number) => {
    for (let passed = 0; passed < count; passed += 1) {
      clock.advance(1_000);
      await turn();
    }
  };
  await seconds(20);
  expect(looks).toBe(0);
  isHeld = false;
  await seconds(2);
  stop();
  // The pause between looks did not grow meanwhile.
  expect({ looks, faults }).toEqual({ looks: 2, faults: [] });
});
