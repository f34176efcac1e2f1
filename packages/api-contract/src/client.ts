import type { Problem } from './common.ts';
import { problemSchema } from './common.ts';
import type { BodyOf, ParamsOf, QueryInputOf, ReplyOf, Route } from './route.ts';
import type { RouteId, Routes } from './routes.ts';
import { routes } from './routes.ts';

/** A problem reply as an error; `problem.detail` says what happened, `problem.fix` what to do. */
export class ApiError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(`${problem.detail} ${problem.fix}`);
    this.name = 'ApiError';
    this.problem = problem;
  }
}

type Needed<K extends string, T> = [T] extends [undefined] ? object : { [key in K]: T };
export type CallArguments<I extends RouteId> = Needed<'params', ParamsOf<Routes[I]>> &
  Needed<'query', QueryInputOf<Routes[I]>> &
  Needed<'body', BodyInputOf<Routes[I]>>;
type BodyInputOf<T> =
  T extends Route<infer _P, infer _Q, infer B, infer _R>
    ? unknown extends BodyOf<T>
      ? unknown
      : import('zod').z.input<B>
    : never;

export interface ApiClientOptions {
  /** Without `/api/v1`. Empty for the page's own server. */
  baseUrl: string;
  fetch: typeof fetch;
  /** Added to every request, e.g. the CSRF token or an API key. */
  headers: () => Record<string, string>;
}

export type ApiClient = <I extends RouteId>(id: I, args: CallArguments<I>) => Promise<ReplyOf<Routes[I]>>;

const transportProblem = (detail: string, fix: string, status = 0): Problem => ({
  type: 'about:blank',
  title: 'No answer',
  status,
  code: 'NO_ANSWER',
  detail,
  fix,
});

async function problemOf(response: Response): Promise<Problem> {
  const parsed = problemSchema.safeParse(await response.json().catch(() => null));
  return parsed.success
    ? parsed.data
    : transportProblem(
        `The server answered ${response.status}.`,
        'Try again; if it stays, look at the server log.',
        response.status,
      );
}

async function fileOf(response: Response) {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const disposition = response.headers.get('content-disposition') ?? '';
  return {
    name: decodeURIComponent(/filename\*=UTF-8''([^;]+)/.exec(disposition)?.[1] ?? ''),
    mediaType: response.headers.get('content-type') ?? 'application/octet-stream',
    sizeBytes: bytes.length,
    bytes,
  };
}

/** Typed calls by operation id: `api('getFlow', { params: { flowId } })`. Rejects with `ApiError`. */
export function createApiClient(options: ApiClientOptions): ApiClient {
  return async (id, args) => {
    const route = routes[id] as Route;
    const given = args as { params?: Record<string, string | number>; query?: Record<string, unknown>; body?: unknown };
    const path = route.path.replace(/:([A-Za-z]+)/g, (_, name: string) =>
      encodeURIComponent(String(given.params?.[name] ?? '')),
    );
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(given.query ?? {}))
      if (value !== undefined) query.set(name, String(value));
    const url = `${options.baseUrl}/api/v1${path}${query.size > 0 ? `?${query}` : ''}`;
    const file = given.body instanceof Uint8Array ? given.body : null;
    const response = await options
      .fetch(url, {
        method: route.method,
        headers: {
          accept: 'application/json',
          ...(given.body === undefined
            ? {}
            : { 'content-type': file ? 'application/octet-stream' : 'application/json' }),
          ...options.headers(),
        },
        credentials: 'same-origin',
        ...(given.body === undefined
          ? {}
          : { body: (file as Uint8Array<ArrayBuffer> | null) ?? JSON.stringify(given.body) }),
      })
      .catch(() => null);
    if (!response)
      throw new ApiError(
        transportProblem('The server could not be reached.', 'Check that Waybill is running, then try again.'),
      );
    if (!response.ok) throw new ApiError(await problemOf(response));
    if (route.download) return (await fileOf(response)) as never;
    return (response.status === 204 ? null : await response.json()) as never;
  };
}
