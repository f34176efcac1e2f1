import { createEngine } from '@waybill/engine';
import type { Bus } from '@waybill/engine/ports';
import { recordStreams } from '@waybill/records/streams';
import { filesNamedIn } from '../files/file-path.ts';
import { recordFiles } from '../files/record-files.ts';
import { discreetHost } from '../runs/discreet-host.ts';
import { eventRouter } from '../triggers/event-router.ts';
import type { Arrivals } from './arrivals.ts';
import type { Ground } from './ground.ts';
import type { Inbox } from './inbox.ts';
import type { Outside } from './outside.ts';

/** The engine with its ports. */
export function wireEngine(ground: Ground, outside: Outside, inbox: Inbox, arrivals: Arrivals) {
  const { config, log, clock, journal, blobs, definitions, masks, hub, engine } = ground;
  const { connections, governor, sandbox, metrics } = outside;
  const { files, fileFolder, triggers } = arrivals;
  const bus: Bus = {
    published(runId, records, summary) {
      hub.published(runId, records, summary);
      inbox.exceptions.keeper.published(summary);
      for (const { record } of records) {
        if (record.type === 'run-finished') metrics.run(record.status);
        else if (record.type === 'run-accepted') metrics.run('accepted');
        else if (record.type === 'step-succeeded') metrics.step('succeeded', record.at - record.startedAt);
        else if (record.type === 'step-failed') metrics.step('failed', record.at - record.startedAt);
      }
    },
    stepStarted: hub.stepStarted,
  };
  return createEngine({
    journal,
    blobs,
    nodeHost: discreetHost(sandbox, masks),
    definitions,
    clock,
    bus,
    tasks: inbox.desk,
    records: recordStreams({
      blobs,
      host: sandbox,
      files: recordFiles({
        workspaceFolder: fileFolder,
        allowed: config.folders,
        connections,
        onRead: (path, runId) => files.noteUses(filesNamedIn(path), runId, 'read'),
      }),
    }),
    events: eventRouter({ triggers: () => triggers, engine, journal }),
    governor,
    onPortFailure: (what, runId, err) => log.warn({ err, runId }, `could not ${what}; it is tried again`),
  });
}
