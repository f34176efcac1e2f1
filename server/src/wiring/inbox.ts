import type { TaskDesk } from '@waybill/engine/ports';
import type { TaskRecord } from '@waybill/store';
import { exceptionDesk } from '../exceptions/exception-desk.ts';
import { notificationDesk } from '../notifications/notification-desk.ts';
import { hiddenInStepReader } from '../runs/hidden-in-step.ts';
import { managersAdded } from '../tasks/managers.ts';
import { withMaskedNames } from '../tasks/masked-facts.ts';
import { people } from '../tasks/people.ts';
import { taskClock } from '../tasks/task-clock.ts';
import { taskDesk, taskSettler } from '../tasks/task-desk.ts';
import { taskNotices } from '../tasks/task-notices.ts';
import { taskService } from '../tasks/task-service.ts';
import type { Ground } from './ground.ts';
import type { Outside } from './outside.ts';

/** What people are asked and told: tasks, exceptions, notifications, and the clock of what is due. */
export type Inbox = ReturnType<typeof wireInbox>;

export function wireInbox(ground: Ground, { governor, outbound, sandbox }: Outside) {
  const { config, clock, now, onFault, journal, blobs, store, audit, definitions, directory, masks, deliver } = ground;
  const hiddenInStep = hiddenInStepReader(ground);
  // Everybody who has an inbox hears of it, so it carries no word of what the task says.
  const onChanged = ({ id, status, runId }: TaskRecord) => ground.hub.broadcast?.taskChanged({ id, status, runId });
  const persons = people(store, now);
  const notices = taskNotices(onFault);
  const notifications = notificationDesk({
    store,
    people: persons,
    sealer: ground.sealer,
    audit,
    outbound,
    caFile: config.caFile,
    clock,
    baseUrl: config.publicUrl ?? `http://localhost:${config.port}`,
    isBaseUrlSet: config.publicUrl !== null,
    standings: governor.standings,
    onFault,
  });
  notices.onWritten(notifications.written);
  const exceptions = exceptionDesk({
    journal,
    blobs,
    definitions,
    catalog: ground.catalog,
    stepSources: ground.stepSources,
    evaluate: (...given) => sandbox.evaluate(...given),
    store,
    environment: config.environment,
    audit,
    clock,
    notices,
    masks,
    credentialTypes: ground.credentialTypes,
    onChanged,
    onFault,
  });
  const settle = taskSettler({ store, now, deliver, onChanged });
  const withManagers = managersAdded(persons.find);
  const desk: TaskDesk = taskDesk({
    store,
    now,
    deliver,
    addressed: async (record, task) => {
      const prepared = await exceptions.prepare(await withManagers(record, task));
      const names = await masks.ofRun(task.runId);
      return withMaskedNames(prepared, names, await hiddenInStep(task.runId, task.step, names));
    },
    notices,
    onChanged,
  });
  const tasks = taskService({ store, blobs, people: persons, directory, audit, notices, settle, now, onChanged });
  return {
    notifications,
    exceptions,
    desk,
    tasks,
    exceptionWork: exceptions.service({ tasks, directory, deliver }),
    clock: taskClock({ store, clock, audit, notices, settle, onChanged, onFault }),
  };
}
