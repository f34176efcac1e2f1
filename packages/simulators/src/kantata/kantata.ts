/** The simulated Kantata OX account: id-keyed envelopes, no upsert, no webhooks, no Retry-After. */
import { randomUUID } from 'node:crypto';
import type { Express, NextFunction, Request, Response } from 'express';
import type { MountedSimulator, SimulatorContext, SimulatorDefinition } from '../kernel/simulator.ts';
import { kantataCredentials, mountTokenEndpoint, refusal, requireToken } from './authentication.ts';
import { errorAnswer, KantataError, missing, sendErrors } from './errors.ts';
import { mountPages } from './pages.ts';
import { mountApi } from './routes.ts';
import { seedKantata } from './seed.ts';

export const kantata: SimulatorDefinition = {
  name: 'kantata',
  title: 'Kantata OX',
  defaultPort: 4713,
  credentials: () => kantataCredentials,
  pages: [{ title: 'Projects', path: '/' }],
  answers: {
    throttle: () => errorAnswer(429, 'system', 'Too many requests'),
    serverError: () => errorAnswer(503, 'system', 'The service is temporarily unavailable'),
    tokenExpired: () => refusal,
  },
  seed: seedKantata,
  mount,
};

function mount(app: Express, context: SimulatorContext): MountedSimulator {
  mountPages(app, context);
  app.use((_request, response, next) => {
    response.set('x-request-id', randomUUID());
    next();
  });
  app.use(context.injectFaults);
  mountTokenEndpoint(app, context);
  app.use('/api/v1', requireToken(context));
  mountApi(app, context);
  app.use((_request, response) => sendErrors(response, missing()));
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (error instanceof KantataError) sendErrors(response, error);
    else next(error);
  });
  return {};
}
