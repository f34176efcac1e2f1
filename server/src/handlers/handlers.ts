import type { Handlers } from '../http/handler.ts';
import { recordStands } from '../runs/record-stands.ts';
import { apiKeyHandlers } from './api-keys.ts';
import { bulkHandlers } from './bulk.ts';
import { connectionActHandlers } from './connection-acts.ts';
import { connectionHandlers } from './connections.ts';
import { effectHandlers } from './effects.ts';
import { exceptionHandlers } from './exceptions.ts';
import { fileHandlers } from './files.ts';
import { flowHandlers } from './flows.ts';
import { notificationHandlers } from './notifications.ts';
import { orderingHandlers } from './ordering.ts';
import type { Platform } from './platform.ts';
import { recordRetryHandlers } from './record-retries.ts';
import { recordHandlers } from './records.ts';
import { replayHandlers } from './replays.ts';
import { retryHandlers } from './retries.ts';
import { runHandlers } from './runs.ts';
import { savedFilterHandlers } from './saved-filters.ts';
import { sessionHandlers } from './session.ts';
import { stepRecordHandlers } from './step-records.ts';
import { taskHandlers } from './tasks.ts';
import { undoHandlers } from './undo.ts';
import { userHandlers } from './users.ts';

/** All endpoints of the contract; a missing one does not compile. */
export function allHandlers(platform: Platform): Handlers {
  const stands = recordStands(platform);
  return {
    ...sessionHandlers(platform),
    ...userHandlers(platform),
    ...apiKeyHandlers(platform),
    ...flowHandlers(platform),
    ...runHandlers(platform),
    ...stepRecordHandlers(platform, stands),
    ...recordRetryHandlers(platform, stands),
    ...orderingHandlers(platform),
    ...undoHandlers(platform),
    ...effectHandlers(platform),
    ...replayHandlers(platform),
    ...retryHandlers(platform),
    ...taskHandlers(platform),
    ...exceptionHandlers(platform),
    ...connectionHandlers(platform),
    ...connectionActHandlers(platform),
    ...recordHandlers(platform),
    ...savedFilterHandlers(platform),
    ...bulkHandlers(platform),
    ...notificationHandlers(platform),
    ...fileHandlers(platform),
  };
}
