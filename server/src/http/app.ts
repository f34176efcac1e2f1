import { randomUUID } from 'node:crypto';
import { openApiDocument } from '@waybill/api-contract';
import type { ErrorRequestHandler, Express, Request, RequestHandler, Response } from 'express';
import express from 'express';
import type { Log } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import { HttpProblem, notFound, problemBody, problemOf } from '../problem.ts';
import type { DispatcherOptions } from './dispatcher.ts';
import { dispatcher } from './dispatcher.ts';
import { securityHeaders } from './security-headers.ts';
import { staticEditor } from './static-editor.ts';

export interface AppOptions extends DispatcherOptions {
  version: string;
  editorDir: string;
  trustedProxies: number;
  log: Log;
  metrics: Metrics;
  webhooks: RequestHandler;
  /** Rejects while the platform is not ready to work. */
  ready: () => Promise<void>;
  isStopping: () => boolean;
}

const givenId = /^[A-Za-z0-9._-]{8,64}$/;

function requestIds(log: Log, metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const given = request.get('x-request-id') ?? '';
    const requestId = givenId.test(given) ? given : randomUUID();
    response.locals['requestId'] = requestId;
    response.setHeader('x-request-id', requestId);
    const startedAt = performance.now();
    response.on('finish', () => {
      const tookMs = Math.round((performance.now() - startedAt) * 10) / 10;
      const route = String((request.route as { path?: string } | undefined)?.path ?? 'other');
      metrics.httpRequest(request.method, route, response.statusCode, tookMs);
      log.debug(
        { requestId, method: request.method, path: request.path, status: response.statusCode, tookMs },
        'request',
      );
    });
    next();
  };
}

const refuseWhenStopping =
  (isStopping: () => boolean): RequestHandler =>
  (request, _response, next) => {
    if (!isStopping() || request.path === '/healthz') return next();
    throw new HttpProblem('STOPPING', {
      detail: 'The server is being stopped.',
      fix: 'Try again in a moment.',
      headers: { connection: 'close', 'retry-after': '5' },
    });
  };

/** Express sets `status` on its own errors, e.g. for a path that does not decode. */
const clientFault = (error: unknown): boolean =>
  !(error instanceof HttpProblem) &&
  typeof error === 'object' &&
  error !== null &&
  (error as { status?: unknown }).status === 400;

function sendProblem(log: Log): ErrorRequestHandler {
  return (error: unknown, request: Request, response: Response, _next) => {
    const requestId = String(response.locals['requestId'] ?? '');
    const problem = problemOf(clientFault(error) ? new URIError('malformed') : error, requestId);
    if (problem.code === 'INTERNAL') log.error({ requestId, err: error, path: request.path }, 'unexpected error');
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response
      .status(problem.status)
      .set({ ...problem.headers, 'cache-control': 'no-store' })
      .type('application/problem+json')
      .send(JSON.stringify(problemBody(problem, `urn:request:${requestId}`)));
  };
}

/** The whole HTTP surface. */
export function createApp(options: AppOptions): Express {
  const { log, metrics } = options;
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('trust proxy', options.trustedProxies);
  app.use(requestIds(log, metrics));
  app.use(refuseWhenStopping(options.isStopping));
  // First, since it must be fast and is no page.
  app.use('/hooks', options.webhooks);
  app.use(securityHeaders(options.publicUrl?.startsWith('https:') ?? false));

  app.get('/healthz', (_request, response) => response.json({ ok: true }));
  app.get('/readyz', async (_request, response) => {
    await options.ready();
    response.json({ ok: true });
  });
  app.get('/metrics', async (_request, response) => {
    response.type('text/plain').send(await metrics.text());
  });
  app.get('/api/openapi.json', (_request, response) => response.json(openApiDocument(options.version)));
  app.use('/api/v1', dispatcher(options));
  app.use('/api', (request: Request) => {
    throw notFound(`${request.method} ${request.originalUrl.split('?')[0]}`);
  });
  app.use(staticEditor(options.editorDir));
  app.use((request: Request) => {
    throw notFound(request.path);
  });
  app.use(sendProblem(log));
  return app;
}
