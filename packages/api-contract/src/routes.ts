import { bulkRoutes } from './bulk.ts';
import { connectionActRoutes } from './connection-limits.ts';
import { connectionRoutes } from './connections.ts';
import { effectRoutes } from './effects.ts';
import { exceptionRoutes } from './exceptions.ts';
import { fileRoutes } from './files.ts';
import { flowRoutes } from './flows.ts';
import { notificationRoutes } from './notifications.ts';
import { orderingRoutes } from './ordering.ts';
import { recordRetryRoutes } from './record-retries.ts';
import { replayRoutes } from './replays.ts';
import { retryRoutes } from './retries.ts';
import { runRoutes } from './runs.ts';
import { savedFilterRoutes } from './saved-filters.ts';
import { sessionRoutes } from './session.ts';
import { stepRecordRoutes } from './step-records.ts';
import { taskRoutes } from './tasks.ts';
import { undoRoutes } from './undo.ts';

/** Every endpoint by its operation id. */
export const routes = {
  ...sessionRoutes,
  ...flowRoutes,
  ...runRoutes,
  ...stepRecordRoutes,
  ...recordRetryRoutes,
  ...orderingRoutes,
  ...undoRoutes,
  ...taskRoutes,
  ...exceptionRoutes,
  ...connectionRoutes,
  ...savedFilterRoutes,
  ...bulkRoutes,
  ...connectionActRoutes,
  ...effectRoutes,
  ...notificationRoutes,
  ...replayRoutes,
  ...retryRoutes,
  ...fileRoutes,
};
export type Routes = typeof routes;
export type RouteId = keyof Routes;
