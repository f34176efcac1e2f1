/** Kantata's errors: an array of typed messages, without machine codes. */
import type { Response } from 'express';
import type { Answer } from '../kernel/answer-faults.ts';

export interface KantataProblem {
  readonly type: 'oauth' | 'system' | 'validation';
  readonly message: string;
  readonly field?: string;
}

export class KantataError extends Error {
  readonly status: number;
  readonly problems: readonly KantataProblem[];
  constructor(status: number, problems: readonly KantataProblem[]) {
    super(problems[0]?.message ?? 'Error');
    this.status = status;
    this.problems = problems;
  }
}

export function invalid(problems: readonly { field: string; message: string }[]): KantataError {
  return new KantataError(
    422,
    problems.map((problem) => ({ type: 'validation', message: problem.message, field: problem.field })),
  );
}

export function missing(): KantataError {
  return new KantataError(404, [{ type: 'system', message: 'The requested object could not be found' }]);
}

export function errorAnswer(status: number, type: KantataProblem['type'], message: string): Answer {
  return { status, body: JSON.stringify({ errors: [{ type, message }] }) };
}

export function sendErrors(response: Response, error: KantataError) {
  response.status(error.status).json({ errors: error.problems });
}
