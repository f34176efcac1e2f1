import { defineNode, param, port } from '@waybill/node-sdk';
import * as z from 'zod';
import { pureTraits } from './passthrough.ts';

const tick = z.object({ scheduledFor: z.string().meta({ format: 'date-time' }) });

/** Starts a run at each moment of a timetable; the moment itself is the dedupe key. */
export const schedule = defineNode({
  type: 'core.schedule',
  version: 1,
  title: 'Schedule',
  description: 'Starts the flow by the clock, for example each weekday at seven.',
  kind: 'trigger',
  app: 'Triggers',
  icon: 'calendar-clock',
  synonyms: ['cron', 'timer', 'every day', 'nightly', 'month end', 'interval'],
  params: {
    cron: param.cron({
      label: 'When',
      help: 'Minute, hour, day of month, month, day of week.',
      placeholder: '0 7 * * 1-5',
      expression: false,
    }),
    timezone: param.timezone({
      label: 'Time zone',
      help: 'The clock that "seven in the morning" refers to.',
      default: 'UTC',
      expression: false,
    }),
  },
  inputs: { event: port(tick, 'Tick') },
  outputs: { fired: port(tick, 'Due') },
  traits: pureTraits,
  trigger: { how: 'schedule' },
  sample: { fired: { scheduledFor: '2026-11-20T07:00:00.000Z' } },
  run: ({ input, emit }) => emit('fired', input.event),
});
