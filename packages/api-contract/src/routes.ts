import { connectionRoutes } from './connections.ts';
import { flowRoutes } from './flows.ts';
import { runRoutes } from './runs.ts';
import { sessionRoutes } from './session.ts';
import { stepRecordRoutes } from './step-records.ts';
import { taskRoutes } from './tasks.ts';

/** Every endpoint by its operation id. */
export const routes = {
  ...sessionRoutes,
  ...flowRoutes,
  ...runRoutes,
  ...stepRecordRoutes,
  ...taskRoutes,
  ...connectionRoutes,
};
export type Routes = typeof routes;
export type RouteId = keyof Routes;
