import type { Handlers } from '../http/handler.ts';
import { connectionHandlers } from './connections.ts';
import { flowHandlers } from './flows.ts';
import type { Platform } from './platform.ts';
import { recordHandlers } from './records.ts';
import { runHandlers } from './runs.ts';
import { sessionHandlers } from './session.ts';
import { stepRecordHandlers } from './step-records.ts';
import { taskHandlers } from './tasks.ts';

/** All endpoints of the contract; a missing one does not compile. */
export const allHandlers = (platform: Platform): Handlers => ({
  ...sessionHandlers(platform),
  ...flowHandlers(platform),
  ...runHandlers(platform),
  ...stepRecordHandlers(platform),
  ...taskHandlers(platform),
  ...connectionHandlers(platform),
  ...recordHandlers(platform),
});
