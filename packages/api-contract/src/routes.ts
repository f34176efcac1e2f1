import { connectionRoutes } from './connections.ts';
import { flowRoutes } from './flows.ts';
import { runRoutes } from './runs.ts';
import { savedFilterRoutes } from './saved-filters.ts';
import { sessionRoutes } from './session.ts';
import { taskRoutes } from './tasks.ts';

/** Every endpoint by its operation id. */
export const routes = {
  ...sessionRoutes,
  ...flowRoutes,
  ...runRoutes,
  ...taskRoutes,
  ...connectionRoutes,
  ...savedFilterRoutes,
};
export type Routes = typeof routes;
export type RouteId = keyof Routes;
