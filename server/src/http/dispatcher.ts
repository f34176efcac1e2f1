import type { Route, RouteId } from '@waybill/api-contract';
import { fileReply, fileStreamReply, routes } from '@waybill/api-contract';
import type { Request, Response } from 'express';
import { Router } from 'express';
import type { z } from 'zod';
import type { Actor } from '../auth/actor.ts';
import type { Authenticate } from '../auth/authenticate.ts';
import { sessionCookie, sessionLifetimeMs } from '../auth/authenticate.ts';
import { HttpProblem } from '../problem.ts';
import { checkAccess, checkCsrf, checkOrigin } from './access.ts';
import { sendJson } from './compress.ts';
import type { Call, Handlers } from './handler.ts';
import type { RateLimiter } from './rate-limit.ts';
import type { BodyClock } from './read-body.ts';
import { megabyte, readBody, readJson } from './read-body.ts';
import { sendFile, sendStream } from './send-file.ts';
import { streamBody } from './stream-body.ts';

const largeBodies = new Set<RouteId>(['createFlow', 'saveDraft', 'validateFlow', 'importFlow', 'putTable', 'runFlow']);
const bodyLimitBytes = (id: RouteId): number => (largeBodies.has(id) ? 8 : 1) * megabyte;

export interface DispatcherOptions {
  handlers: Handlers;
  authenticate: Authenticate;
  limiter: RateLimiter;
  publicUrl: string | null;
  checkReplies: boolean;
  /** Of one uploaded file. */
  fileMaxBytes: number;
  /** Ends requests whose body does not come. */
  clock: BodyClock;
}

function parsePart(part: 'path' | 'query' | 'body', schema: z.ZodType | undefined, value: unknown): unknown {
  if (!schema) return undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new HttpProblem('REQUEST_INVALID', {
    detail: `The ${part} of the request does not fit: ${parsed.error.issues.length} problem(s).`,
    fix: 'Correct what is listed under "problems"; /api/openapi.json describes every request.',
    problems: parsed.error.issues.slice(0, 50).map((issue) => ({
      path: [part, ...issue.path].join('.'),
      what: issue.message,
      fix: 'Give a value of the described form.',
    })),
  });
}

const baseUrlOf = (request: Request, publicUrl: string | null): string =>
  publicUrl ?? `${request.protocol}://${request.headers.host ?? 'localhost'}`;

function sessionControl(response: Response, secure: boolean): Call<RouteId>['session'] {
  const options = { httpOnly: true, sameSite: 'lax', secure, path: '/' } as const;
  return {
    open: (token) => response.cookie(sessionCookie, token, { ...options, maxAge: sessionLifetimeMs }),
    close: () => response.clearCookie(sessionCookie, options),
  };
}

function methodsByPath(): Map<string, string[]> {
  const paths = new Map<string, string[]>();
  for (const { path, method } of Object.values(routes) as Route[])
    paths.set(path, [...(paths.get(path) ?? []), ...(method === 'GET' ? ['GET', 'HEAD'] : [method])]);
  return paths;
}

function refuseMethod(request: Request, response: Response, methods: string[]): void {
  if (request.method === 'OPTIONS') {
    response.status(204).set('allow', methods.join(', ')).end();
    return;
  }
  throw new HttpProblem('METHOD_NOT_ALLOWED', {
    detail: `This address takes ${methods.join(', ')}, not ${request.method}.`,
    fix: 'Use one of those; /api/openapi.json says what each does.',
    headers: { allow: methods.join(', ') },
  });
}

/** Every route of the contract, with access, CSRF, rate and shape checked before its handler sees anything. */
export function dispatcher(options: DispatcherOptions): Router {
  const router = Router({ strict: false, caseSensitive: true });
  for (const [id, route] of Object.entries(routes) as [RouteId, Route][]) {
    const method = route.method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
    router[method](route.path, (request, response) => serve(options, id, route, request, response));
  }
  for (const [path, methods] of methodsByPath())
    router.all(path, (request, response) => refuseMethod(request, response, methods));
  return router;
}

async function bodyOf(
  id: RouteId,
  route: Route,
  request: Request,
  { fileMaxBytes, clock }: DispatcherOptions,
): Promise<unknown> {
  if (!route.body) return undefined;
  if (route.upload === 'stream') return streamBody(request, fileMaxBytes, clock);
  return route.upload ? readBody(request, route.upload.maxBytes, clock) : readJson(request, bodyLimitBytes(id), clock);
}

async function serve(
  options: DispatcherOptions,
  id: RouteId,
  route: Route,
  request: Request,
  response: Response,
): Promise<void> {
  const { publicUrl } = options;
  checkOrigin(request.method, request.headers.origin, [
    request.headers.host,
    ...(publicUrl ? [new URL(publicUrl).host] : []),
  ]);
  const actor = await options.authenticate(request.headers);
  const waitMs = options.limiter(actor?.id ?? `ip ${request.ip ?? ''}`);
  if (waitMs > 0)
    throw new HttpProblem('RATE_LIMITED', {
      detail: 'There were too many requests in a short time.',
      fix: `Wait ${Math.ceil(waitMs / 1_000)} s, then go on more slowly.`,
      headers: { 'retry-after': String(Math.ceil(waitMs / 1_000)) },
    });
  checkAccess(route.access, actor);
  checkCsrf(request.method, actor, request.get('x-csrf-token'));
  const body = await bodyOf(id, route, request, options);
  const baseUrl = baseUrlOf(request, publicUrl);
  const call = {
    params: parsePart('path', route.params, request.params),
    query: parsePart('query', route.query, request.query),
    body: parsePart('body', route.body, body),
    // Public routes do not look at it; all others were refused above when it is missing.
    actor: actor as Actor,
    ip: request.ip ?? '',
    requestId: String(response.locals['requestId']),
    baseUrl,
    session: sessionControl(response, baseUrl.startsWith('https:')),
  } as Call<RouteId>;
  const reply = await (options.handlers[id] as (call: Call<RouteId>) => Promise<unknown>)(call);
  if (options.checkReplies) route.reply.parse(reply);
  response.status(route.status ?? 200).set('cache-control', 'no-store');
  if (route.download === 'stream') await sendStream(response, fileStreamReply.parse(reply));
  else if (route.download) sendFile(response, fileReply.parse(reply));
  else if (reply === null || route.status === 204) response.end();
  else await sendJson(request, response, reply);
}
