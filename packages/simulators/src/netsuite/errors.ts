/** NetSuite's error body: problem JSON with `o:errorDetails`. */
import type { Response } from 'express';
import type { Answer } from '../kernel/answer-faults.ts';

export interface NetsuiteProblem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** JSON path of the offending field. */
  readonly path?: string;
  readonly headers?: Record<string, string>;
}

const titles: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
};

export class NetsuiteError extends Error {
  readonly problem: NetsuiteProblem;
  constructor(problem: NetsuiteProblem) {
    super(problem.detail);
    this.problem = problem;
  }
}

export function userError(detail: string, path?: string): NetsuiteError {
  return new NetsuiteError({ status: 400, code: 'USER_ERROR', detail, ...(path === undefined ? {} : { path }) });
}

export function problemAnswer(problem: NetsuiteProblem): Answer {
  const details = {
    detail: problem.detail,
    ...(problem.path ? { 'o:errorPath': problem.path } : {}),
    'o:errorCode': problem.code,
  };
  const body = {
    type: `https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5`,
    title: titles[problem.status] ?? 'Error',
    status: problem.status,
    'o:errorDetails': [details],
  };
  return {
    status: problem.status,
    headers: { 'content-type': 'application/vnd.oracle.resource+json; type=error; charset=UTF-8', ...problem.headers },
    body: JSON.stringify(body),
  };
}

export function sendProblem(response: Response, problem: NetsuiteProblem) {
  const answer = problemAnswer(problem);
  response
    .status(answer.status)
    .set(answer.headers ?? {})
    .end(answer.body);
}
