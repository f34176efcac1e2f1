import { join } from 'node:path';
import { flowError } from '@waybill/flow-model';
import type { ArmedTriggerRecord } from '@waybill/store';
import { triggerKey } from '@waybill/store';
import { dropFolder } from '../files/drop-folder.ts';
import { fileArrival, waitingFlows } from '../files/file-arrival.ts';
import { repeating } from '../files/file-clock.ts';
import { fileDesk } from '../files/file-desk.ts';
import { fileDisk } from '../files/file-disk.ts';
import type { Polled } from '../triggers/poll.ts';
import { triggerDesk } from '../triggers/trigger-desk.ts';
import type { Ground } from './ground.ts';
import type { Outside } from './outside.ts';

const pollTimeoutMs = 60_000;
const announceAgainMs = 15_000;
const expireMs = 3_600_000;
const dropLookMs = 1_000;

/** What starts runs from outside: triggers, and files that come in. */
export type Arrivals = ReturnType<typeof wireArrivals>;

export function wireArrivals(ground: Ground, outside: Pick<Outside, 'governor' | 'sandbox'>) {
  const { config, log, clock, now, onFault, journal, store, audit, catalog, directory, hub, engine } = ground;
  const triggers = triggerDesk({ store, catalog, engine, clock, poll, isHeld, log });

  async function poll(trigger: ArmedTriggerRecord, watermark: Polled['watermark'] | null): Promise<Polled> {
    const flow = (await ground.definitions.version(trigger.versionId as never))?.flow;
    const answer = await outside.sandbox.poll(
      {
        nodeType: trigger.nodeType,
        nodeVersion: trigger.nodeVersion,
        params: trigger.params,
        vars: flow?.settings.vars ?? {},
        connections: trigger.connections,
        watermark,
        pollId: triggerKey(trigger.flowId, trigger.nodeId),
        now: now(),
        timeoutMs: pollTimeoutMs,
      },
      AbortSignal.timeout(pollTimeoutMs + 5_000),
    );
    if (answer.ok) return answer.result;
    throw flowError(answer.error.code, answer.error);
  }
  /** People hold it back; a system that does not answer is asked, in its own time. */
  function isHeld({ connections: bound }: ArmedTriggerRecord): boolean {
    const gateOf = (binding: string) => outside.governor.gateOf(binding)?.gate.kind ?? '';
    return Object.values(bound).some((binding) => ['paused', 'maintenance'].includes(gateOf(binding)));
  }

  const folder = join(config.dataDir, 'files');
  const files = fileDesk({
    store,
    disk: fileDisk(folder),
    journal,
    directory,
    announce: fileArrival({ triggers: () => triggers, engine, store, now }),
    waiting: () => waitingFlows(triggers.waitingForFiles()),
    onChanged: () => hub.broadcast?.filesChanged(),
    audit,
    now,
    keepDays: config.fileDays,
    maxBytes: config.fileMaxBytes,
    log,
  });
  const background = (everyMs: number, work: () => Promise<void>) => repeating({ clock, everyMs, work, onFault });
  const fileClocks = [
    background(announceAgainMs, files.announceRest),
    background(expireMs, files.expire),
    ...(config.dropDir === null
      ? []
      : [background(dropLookMs, dropFolder({ root: config.dropDir, files, audit, now, log }).look)]),
  ];
  return { triggers, files, fileFolder: folder, fileClocks };
}
