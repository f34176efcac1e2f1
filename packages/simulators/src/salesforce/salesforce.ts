/** The simulated Salesforce org: data API, login, change data capture, outbound push and a plain CRM page. */
import type { Express } from 'express';
import { asObject } from '../kernel/json.ts';
import { readBody } from '../kernel/request-body.ts';
import type { MountedSimulator, SimulatorContext, SimulatorDefinition } from '../kernel/simulator.ts';
import { mountLogin, salesforceCredentials } from './authentication.ts';
import { ChangeFeed } from './change-feed.ts';
import { mountDataRoutes, sendError } from './data-routes.ts';
import { errorArray, notFound } from './errors.ts';
import { mountEventPush } from './event-push.ts';
import { mountPages } from './pages.ts';
import { sobjectNamed } from './schema.ts';
import { seedSalesforce } from './seed.ts';
import { mountStreaming } from './streaming.ts';
import { subscriptionObject } from './subscriptions.ts';

export const salesforce: SimulatorDefinition = {
  name: 'salesforce',
  title: 'Salesforce',
  defaultPort: 4711,
  credentials: salesforceCredentials,
  keptOnReset: [subscriptionObject],
  pages: [{ title: 'Deals', path: '/' }],
  answers: {
    throttle: () => errorArray(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'),
    serverError: () => errorArray(503, 'SERVER_UNAVAILABLE', 'We are down for maintenance.'),
    tokenExpired: () => errorArray(401, 'INVALID_SESSION_ID', 'Session expired or invalid'),
  },
  seed: seedSalesforce,
  mount,
};

function mount(app: Express, context: SimulatorContext): MountedSimulator {
  const changes = new ChangeFeed(context.store);
  const org = { store: context.store, changes };
  const push = mountEventPush(app, context, changes);
  mountGapEvents(app, changes);
  mountPages(app, org);
  app.use(context.injectFaults);
  mountLogin(app, context);
  const streaming = mountStreaming(app, context, changes);
  const data = mountDataRoutes(app, context, org);
  app.use((_request, response) => sendError(response, notFound()));
  const parts = [push, streaming, data];
  return {
    reset: () => {
      for (const part of parts) part.reset();
    },
    stop: () => {
      push.stop();
      streaming.stop();
    },
  };
}

/** `POST /__sim/gaps {object, recordId}`: an event that tells of a change but carries no fields. */
function mountGapEvents(app: Express, changes: ChangeFeed) {
  app.post('/__sim/gaps', (request, response) => {
    const body = readBody(request);
    const { object, recordId } = asObject(body instanceof SyntaxError ? null : body);
    const known = sobjectNamed(String(object));
    if (!known || typeof recordId !== 'string') {
      return void response.status(400).json({ error: 'Give {"object": "Opportunity", "recordId": "006…"}.' });
    }
    changes.noteGap(known, recordId);
    response.status(202).end();
  });
}
