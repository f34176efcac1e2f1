import { nodeContract, runNode, TEST_NOW } from '@waybill/node-sdk/contract';
import { expect, it } from 'vitest';
import { waitForEvent } from './wait-for-event.ts';

const signed = { event: 'sow.signed', key: 'D-1' };

nodeContract(waitForEvent, {
  fixtures: [
    { name: 'waits without end', params: signed, expect: { do: 'wait-event' } },
    { name: 'waits at most a while', params: { ...signed, timeout: 1_000 }, expect: { do: 'wait-event' } },
  ],
});

it('gives up at the moment the timeout names, and never without one', async () => {
  const [endless, bounded] = await Promise.all([
    runNode(waitForEvent, { params: signed }),
    runNode(waitForEvent, { params: { ...signed, timeout: 1_000 } }),
  ]);
  expect(endless.outcome).not.toHaveProperty('until');
  expect(bounded.outcome).toMatchObject({ until: TEST_NOW + 1_000, port: 'received', expiredPort: 'expired' });
});
