import type { Engine } from '@waybill/engine';
import type { TaskRecord } from '@waybill/store';
import type { FlowDirectory } from '../flows/flow-directory.ts';
import type { StepSourceReader } from '../runs/step-sources.ts';
import type { TaskService } from '../tasks/task-service.ts';
import type { ExceptionActs } from './exception-acts.ts';
import { exceptionActs } from './exception-acts.ts';
import { exceptionIndex } from './exception-index.ts';
import type { ExceptionKeeper, KeeperOptions } from './exception-keeper.ts';
import { exceptionKeeper } from './exception-keeper.ts';
import type { ExceptionService } from './exception-service.ts';
import { exceptionService } from './exception-service.ts';
import { fixDataReader } from './fix-data.ts';
import { exceptionPreparer } from './prepare-exception.ts';
import { routingDesk } from './routing-desk.ts';

export interface ExceptionDesk {
  keeper: Omit<ExceptionKeeper, 'begin'>;
  /** Completes what runs raise themselves, before it is stored. */
  prepare(task: TaskRecord): Promise<TaskRecord>;
  /** Learns of all that is open, so that nobody has to wait for it later. */
  begin(): Promise<void>;
  /** What people do at the desk. */
  service(parts: { tasks: Pick<TaskService, 'decide'>; directory: FlowDirectory; deliver: Engine['deliver'] }): {
    service: ExceptionService;
    acts: ExceptionActs;
  };
}

/** The parts of the exception desk, put together. */
export function exceptionDesk(
  options: Omit<KeeperOptions, 'routing' | 'store'> & {
    stepSources: StepSourceReader;
    store: KeeperOptions['store'] &
      Parameters<typeof exceptionService>[0]['store'] &
      Parameters<typeof exceptionActs>[0]['store'];
  },
): ExceptionDesk {
  const { store, journal, clock, audit, onChanged, onFault } = options;
  const now = () => clock.now();
  const routing = routingDesk(store, audit);
  const keeper = exceptionKeeper({ ...options, routing });
  const fixData = fixDataReader(options);
  const index = exceptionIndex(store);
  return {
    keeper,
    async begin() {
      // Without it the first who asks fills it.
      await index.begin().catch(onFault);
      await keeper.begin();
    },
    prepare: exceptionPreparer({ ...options, routing }),
    service({ tasks, directory, deliver }) {
      const acts = exceptionActs({ store, journal, tasks, fixData, deliver, look: keeper.look, audit, now, onChanged });
      return { acts, service: exceptionService({ store, journal, index, directory, acts, fixData, routing, now }) };
    },
  };
}
