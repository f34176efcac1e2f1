/** A bare JSON client for the tests: status, headers, parsed body. */
export interface Reply<Body> {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, or the text. The caller says what it expects and asserts on it. */
  readonly body: Body;
}

export async function call<Body = unknown>(
  method: string,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply<Body>> {
  const answer = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    redirect: 'manual',
  });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    body: /json/.test(answer.headers.get('content-type') ?? '') && text ? JSON.parse(text) : text,
  };
}
