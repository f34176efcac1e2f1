/** The simulated NetSuite account: REST record service, SuiteQL, async jobs, both ways to log in. */
import type { Express, NextFunction, Request, Response } from 'express';
import type { MountedSimulator, SimulatorContext, SimulatorDefinition } from '../kernel/simulator.ts';
import { mountJobRoutes } from './async-jobs.ts';
import { invalidLogin, limitConcurrency, mountTokenEndpoint, requireLogin, tooMany } from './authentication.ts';
import { netsuiteCredentials } from './credentials.ts';
import { NetsuiteError, problemAnswer, sendProblem } from './errors.ts';
import { mountPages } from './pages.ts';
import { mountRecordRoutes, mountTransform } from './record-routes.ts';
import { seedNetsuite } from './seed.ts';
import { mountServiceRoutes } from './service-routes.ts';

const unexpected = {
  status: 500,
  code: 'UNEXPECTED_ERROR',
  detail: 'An unexpected error occurred. Error ID: simulated',
};

export const netsuite: SimulatorDefinition = {
  name: 'netsuite',
  title: 'NetSuite',
  defaultPort: 4712,
  credentials: netsuiteCredentials,
  pages: [{ title: 'Finance overview', path: '/' }],
  answers: {
    throttle: () => problemAnswer(tooMany),
    serverError: () => problemAnswer(unexpected),
    tokenExpired: () => problemAnswer(invalidLogin),
  },
  seed: seedNetsuite,
  mount,
};

function mount(app: Express, context: SimulatorContext): MountedSimulator {
  const concurrency = limitConcurrency(context);
  mountPages(app, context);
  app.use('/services/rest', concurrency, context.injectFaults);
  mountTokenEndpoint(app, context);
  app.use('/services/rest', requireLogin(context));
  mountServiceRoutes(app, context, concurrency);
  mountJobRoutes(app, context);
  mountTransform(app, context);
  mountRecordRoutes(app, context);
  app.use((request, response) => {
    sendProblem(response, { status: 404, code: 'NONEXISTENT_ID', detail: `The path ${request.path} does not exist.` });
  });
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (error instanceof NetsuiteError) sendProblem(response, error.problem);
    else next(error);
  });
  return {};
}
