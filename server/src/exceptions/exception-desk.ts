import type { Engine } from '@waybill/engine';
import type { TaskRecord } from '@waybill/store';
import type { FlowDirectory } from '../flows/flow-directory.ts';
import type { TaskService } from '../tasks/task-service.ts';
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
  service(parts: {
    tasks: Pick<TaskService, 'decide'>;
    directory: FlowDirectory;
    deliver: Engine['deliver'];
  }): ExceptionService;
}

/** The parts of the exception desk, put together. */
export function exceptionDesk(
  options: Omit<KeeperOptions, 'routing' | 'store'> & {
    store: KeeperOptions['store'] & Parameters<typeof exceptionService>[0]['store'];
  },
): ExceptionDesk {
  const { store, journal, clock, audit, onChanged } = options;
  const now = () => clock.now();
  const routing = routingDesk(store, audit);
  const keeper = exceptionKeeper({ ...options, routing });
  const fixData = fixDataReader(options);
  const index = exceptionIndex(store);
  return {
    keeper,
    async begin() {
      await index.begin();
      await keeper.begin();
    },
    prepare: exceptionPreparer({ ...options, routing }),
    service({ tasks, directory, deliver }) {
      const acts = exceptionActs({ store, journal, tasks, fixData, deliver, look: keeper.look, audit, now, onChanged });
      return exceptionService({ store, journal, index, directory, acts, fixData, routing, now });
    },
  };
}
