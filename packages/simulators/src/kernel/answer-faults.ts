/** Makes one HTTP answer fail in the drawn way. Effects of `-after` faults and of `truncate` stay in place. */
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { drawFault, type Fault, type FaultRule, faultKinds, parseFault } from './faults.ts';

/** A vendor's way of saying no. */
export interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body: string;
}

export interface VendorAnswers {
  throttle(request: Request): Answer;
  serverError(request: Request): Answer;
  tokenExpired(request: Request): Answer;
}

const maintenancePage =
  '<!DOCTYPE html><html><head><title>Service temporarily unavailable</title></head><body><h1>We will be right back</h1></body></html>';

export function answerFaults(rules: readonly FaultRule[], vendor: VendorAnswers): RequestHandler {
  return (request, response, next) => {
    if (request.originalUrl.startsWith('/__sim')) return next();
    const byHeader = request.get('x-sim-fault');
    if (byHeader !== undefined && !parseFault(byHeader)) return sendAnswer(response, unknownFault(byHeader));
    const fault = byHeader
      ? parseFault(byHeader)
      : drawFault(rules, { method: request.method, path: request.originalUrl });
    if (!fault) return next();
    befall(fault, vendor, request, response, next);
  };
}

/** A misspelt fault must not pass for a test that went well. */
function unknownFault(text: string): Answer {
  return {
    status: 400,
    body: JSON.stringify({ error: `x-sim-fault "${text}" is unknown. Use one of ${faultKinds.join(', ')}.` }),
  };
}

function befall(fault: Fault, vendor: VendorAnswers, request: Request, response: Response, next: NextFunction) {
  switch (fault.kind) {
    case 'throttle':
      return sendAnswer(response, vendor.throttle(request));
    case '5xx-before':
      return sendAnswer(response, vendor.serverError(request));
    case 'token-expired':
      return sendAnswer(response, vendor.tokenExpired(request));
    case 'html':
      return sendAnswer(response, { status: 200, headers: { 'content-type': 'text/html' }, body: maintenancePage });
    case 'reset':
      return void request.socket.destroy();
    case 'slow': {
      const waiting = setTimeout(next, fault.delayMs);
      // Nobody waits any more.
      response.once('close', () => clearTimeout(waiting));
      return;
    }
    case '5xx-after':
      replaceEnd(response, () => sendAnswer(response, vendor.serverError(request)));
      return next();
    case 'reset-after':
      replaceEnd(response, () => request.socket.destroy());
      return next();
    case 'truncate':
      replaceEnd(response, (body) => sendHalf(request, response, body));
      return next();
    case 'duplicate':
    case 'reorder':
    case 'drop-connection':
      return next();
  }
}

export function sendAnswer(response: Response, answer: Answer) {
  response.status(answer.status).set({ 'content-type': 'application/json;charset=UTF-8', ...answer.headers });
  response.end(answer.body);
}

/** Swallows the handler's answer and lets `instead` speak, once. */
function replaceEnd(response: Response, instead: (body: Buffer) => void) {
  const end = response.end;
  const write = response.write;
  const parts: Buffer[] = [];
  const keep = (chunk: unknown) => {
    if (typeof chunk === 'string') parts.push(Buffer.from(chunk));
    else if (chunk instanceof Uint8Array) parts.push(Buffer.from(chunk));
  };
  response.write = ((chunk: unknown) => {
    keep(chunk);
    return true;
  }) as typeof response.write;
  response.end = ((chunk: unknown) => {
    keep(chunk);
    response.end = end;
    response.write = write;
    for (const name of ['content-length', 'etag', 'location']) if (instead.length === 0) response.removeHeader(name);
    instead(Buffer.concat(parts));
    return response;
  }) as typeof response.end;
}

function sendHalf(request: Request, response: Response, body: Buffer) {
  if (body.length < 2) return void request.socket.destroy();
  response.setHeader('content-length', body.length);
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => request.socket.destroy());
}
