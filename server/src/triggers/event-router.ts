import type { Engine } from '@waybill/engine';
import type { EventRouter, Journal } from '@waybill/engine/ports';
import { flowVersionIdSchema } from '@waybill/flow-model';
import type { TriggerDesk } from './trigger-desk.ts';

/** Takes business events to the flows that subscribe and to the runs that wait for them. */
export function eventRouter(options: {
  triggers: () => Pick<TriggerDesk, 'subscribers'>;
  engine: () => Pick<Engine, 'start' | 'deliver'>;
  journal: Pick<Journal, 'runsWaitingFor'>;
}): EventRouter {
  const { triggers, engine, journal } = options;
  return {
    async raise({ eventId, event, key, payload, correlationId, from }) {
      for (const trigger of triggers().subscribers(event))
        await engine().start({
          versionId: flowVersionIdSchema.parse(trigger.versionId),
          triggerNode: trigger.nodeId,
          input: { event, key, payload },
          dedupeKey: `event:${trigger.nodeId}:${eventId}`,
          correlationId,
          mode: 'live',
          startedBy: `event:${event}`,
        });
      // A run cannot wait for what it raises itself in the same step, so it is left out.
      const waiting = (await journal.runsWaitingFor(event, key)).filter((runId) => runId !== from);
      for (const runId of waiting)
        await engine().deliver(runId, `event:${eventId}`, { kind: 'event', event, key, payload });
    },
  };
}
