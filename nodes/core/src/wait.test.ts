import { nodeContract, runNode, TEST_NOW } from '@waybill/node-sdk/contract';
import { expect, it } from 'vitest';
import { wait } from './wait.ts';

nodeContract(wait, {
  fixtures: [
    { name: 'waits a while', params: { duration: 60_000 }, expect: { do: 'wait-timer' } },
    { name: 'waits until', params: { mode: 'until', until: '2026-12-01T08:00:00Z' }, expect: { do: 'wait-timer' } },
    { name: 'refuses no duration', expect: { error: 'WAIT_NOT_SET' } },
    {
      name: 'refuses a moment that is none',
      params: { mode: 'until', until: 'soon' },
      expect: { error: 'WAIT_NOT_SET' },
    },
  ],
});

it('counts a duration from the start of the attempt', async () => {
  const { outcome } = await runNode(wait, { params: { duration: 60_000 }, input: { in: 'x' } });
  expect(outcome).toEqual({ do: 'wait-timer', until: TEST_NOW + 60_000, port: 'done', value: 'x' });
});
