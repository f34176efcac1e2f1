import type { RunId } from '@waybill/flow-model';
import { expect, it } from 'vitest';
import { PortCalls } from './port-calls.ts';
import { manualClock } from './testing/manual-clock.ts';

const runId = 'run' as RunId;
const turn = () => new Promise((resolve) => setImmediate(resolve));

function aDesk() {
  const clock = manualClock();
  const failures: string[] = [];
  const made: string[] = [];
  const calls = new PortCalls(clock, (what) => failures.push(what));
  const call = (what: string, make: () => Promise<void> = async () => {}, subject = 'task') =>
    calls.make({
      what,
      runId,
      subject,
      make: () => {
        made.push(what);
        return make();
      },
    });
  return { clock, calls, failures, made, call };
}

it('repeats a failed call with growing pauses until it succeeds', async () => {
  const { clock, failures, made, call } = aDesk();
  let isDown = true;
  call('open', async () => {
    if (isDown) throw new Error('down');
  });
  await turn();
  for (const pauseMs of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
    const before = made.length;
    clock.advance(pauseMs - 1);
    await turn();
    expect(made).toHaveLength(before);
    clock.advance(1);
    await turn();
    expect(made).toHaveLength(before + 1);
  }
  isDown = false;
  clock.advance(60_000);
  await turn();
  const repeats = made.length;
  expect(failures).toHaveLength(repeats - 1);
  clock.advance(600_000);
  await turn();
  expect(made).toHaveLength(repeats);
});

it('lets a newer call about the same subject overtake a failing one, at once', async () => {
  const { clock, made, call } = aDesk();
  call('open', () => Promise.reject(new Error('down')));
  await turn();
  call('close');
  await turn();
  clock.advance(600_000);
  await turn();
  expect(made).toEqual(['open', 'close']);
});

it('makes calls about one subject one after the other, others beside them', async () => {
  const { made, call } = aDesk();
  let opened = () => {};
  call('open', () => new Promise((resolve) => (opened = resolve)));
  call('close');
  call('open another', undefined, 'another task');
  await turn();
  expect(made).toEqual(['open', 'open another']);
  opened();
  await turn();
  expect(made).toEqual(['open', 'open another', 'close']);
});

it('repeats nothing once it is closed', async () => {
  const { clock, calls, made, call } = aDesk();
  call('open', () => Promise.reject(new Error('down')));
  await turn();
  calls.close();
  call('later', undefined, 'another task');
  clock.advance(600_000);
  await turn();
  expect(made).toEqual(['open']);
});
