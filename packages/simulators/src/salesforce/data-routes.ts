/** `/services/data`: versions, limits and the data API over HTTP. */
import type { Express, Response } from 'express';
import { readBody } from '../kernel/request-body.ts';
import { originOf, queryOf, type SimulatorContext } from '../kernel/simulator.ts';
import { answerApi } from './api.ts';
import { hasSession } from './authentication.ts';
import { SalesforceError } from './errors.ts';
import { QueryCursors } from './queries.ts';
import type { Org } from './records.ts';

const firstVersion = 50;
const lastVersion = 67;
const defaultDailyLimit = 100_000;
const maxBatchSize = 2000;
const minBatchSize = 200;

export function mountDataRoutes(app: Express, context: SimulatorContext, org: Org): { reset(): void } {
  const { store } = context;
  const cursors = new QueryCursors();
  let calls = 0;

  app.get('/services/data', (_request, response) => {
    const versions = Array.from({ length: lastVersion - firstVersion + 1 }, (_, index) => `${firstVersion + index}.0`);
    response.json(versions.map((version) => ({ label: `API ${version}`, url: `/services/data/v${version}`, version })));
  });

  app.use('/services/data/:version', (request, response) => {
    if (!hasSession(store, request.get('authorization'))) {
      return sendError(response, new SalesforceError(401, 'INVALID_SESSION_ID', 'Session expired or invalid'));
    }
    calls += 1;
    const limit = Number(store.setting('dailyApiLimit') ?? defaultDailyLimit);
    response.set('sforce-limit-info', `api-usage=${Math.min(calls, limit)}/${limit}`);
    if (calls > limit)
      return sendError(response, new SalesforceError(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'));
    const body = readBody(request);
    if (body instanceof SyntaxError)
      return sendError(response, new SalesforceError(400, 'JSON_PARSER_ERROR', body.message));
    try {
      const answer = answerApi({
        org,
        cursors,
        // The override serves clients that cannot send PATCH.
        method: (queryOf(request).get('_HttpMethod') ?? request.method.replace('HEAD', 'GET')).toUpperCase(),
        version: String(request.params['version']),
        path: request.path.split('/').filter(Boolean).map(decodeURIComponent),
        query: queryOf(request),
        body,
        usage: { calls, limit },
        origin: originOf(request, body ?? null),
        batchSize: batchSizeOf(request.get('sforce-query-options')),
      });
      response.status(answer.status).set(answer.headers ?? {});
      if (answer.body === undefined) response.end();
      else response.json(answer.body);
    } catch (error) {
      if (!(error instanceof SalesforceError)) throw error;
      sendError(response, error);
    }
  });

  return {
    reset() {
      calls = 0;
      cursors.clear();
    },
  };
}

export function sendError(response: Response, error: SalesforceError) {
  response.status(error.status).json([error.rest]);
}

function batchSizeOf(options: string | undefined): number {
  const given = Number(/batchSize=(\d+)/i.exec(options ?? '')?.[1] ?? maxBatchSize);
  return Math.min(Math.max(given, minBatchSize), maxBatchSize);
}
