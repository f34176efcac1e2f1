import type { IncomingMessage } from 'node:http';
import { HttpProblem } from '../problem.ts';
import { megabyte } from './read-body.ts';

/** A sender that is silent for so long has gone. */
const SILENCE_MS = 60_000;
/** What still comes after a refusal is read and dropped for a while, so that the sender gets to read the answer. */
const DRAIN_MS = 10_000;

export const fileTooLarge = (limitBytes: number): HttpProblem =>
  new HttpProblem('BODY_TOO_LARGE', {
    detail: `The file is larger than the ${Math.round(limitBytes / megabyte)} MB this server takes.`,
    fix: 'Send it in parts, or ask the operator to raise WAYBILL_FILE_MAX_MB.',
  });

const hungUp = () =>
  new HttpProblem('REQUEST_INVALID', {
    detail: 'The request ended before its file did; nothing of it was kept.',
    fix: 'Send the whole file again.',
  });

function checkForm(request: IncomingMessage): void {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    throw new HttpProblem('CONTENT_ENCODING_UNSUPPORTED', {
      detail: `The file is sent with the content encoding ${JSON.stringify(encoding)}.`,
      fix: 'Send the file as it is, without a content encoding.',
    });
  if (/^multipart\//i.test(request.headers['content-type'] ?? ''))
    throw new HttpProblem('CONTENT_TYPE_UNSUPPORTED', {
      detail: 'The file is wrapped in a form.',
      fix: 'Send the file itself as the body, and its name as ?name=hours.csv.',
    });
}

function drain(request: IncomingMessage): void {
  request.resume();
  const timer = setTimeout(() => request.destroy(), DRAIN_MS);
  timer.unref();
  request.once('close', () => clearTimeout(timer));
}

/**
 * The body as it arrives. Whoever does not read it to its end has refused it.
 * @throws {HttpProblem} BODY_TOO_LARGE, CONTENT_ENCODING_UNSUPPORTED, CONTENT_TYPE_UNSUPPORTED; while it is read also
 * REQUEST_INVALID (the sender hung up or fell silent).
 */
export function streamBody(request: IncomingMessage, limitBytes: number): AsyncIterable<Uint8Array> {
  try {
    checkForm(request);
    if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw fileTooLarge(limitBytes);
  } catch (error) {
    drain(request);
    throw error;
  }
  return { [Symbol.asyncIterator]: () => chunksOf(request, limitBytes) };
}

async function* chunksOf(request: IncomingMessage, limitBytes: number): AsyncGenerator<Uint8Array, void> {
  let sizeBytes = 0;
  request.setTimeout(SILENCE_MS, () => request.destroy());
  try {
    // Destroying the request would keep the answer from its sender.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      sizeBytes += chunk.length;
      if (sizeBytes > limitBytes) throw fileTooLarge(limitBytes);
      yield chunk;
    }
  } catch (error) {
    throw error instanceof HttpProblem ? error : hungUp();
  } finally {
    request.setTimeout(0);
    if (!request.readableEnded) drain(request);
  }
  if (!request.complete) throw hungUp();
}
