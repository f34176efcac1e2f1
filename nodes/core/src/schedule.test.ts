import { nodeContract } from '@waybill/node-sdk/contract';
import { schedule } from './schedule.ts';

const tick = { scheduledFor: '2026-11-20T07:00:00.000Z' };

nodeContract(schedule, {
  fixtures: [
    { name: 'fires', params: { cron: '0 7 * * *' }, input: { event: tick }, expect: { port: 'fired', value: tick } },
  ],
});
