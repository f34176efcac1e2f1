import type { IncomingMessage } from 'node:http';
import { HttpProblem } from '../problem.ts';
import type { BodyClock } from './read-body.ts';
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

const fellSilent = () =>
  new HttpProblem('REQUEST_TOO_SLOW', {
    detail: `Nothing more of the file came for ${SILENCE_MS / 1_000} s; nothing of it was kept.`,
    fix: 'Send the whole file again, over a steadier line.',
    headers: { connection: 'close' },
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
 * REQUEST_INVALID (the sender hung up) and REQUEST_TOO_SLOW (it fell silent).
 */
export function streamBody(request: IncomingMessage, limitBytes: number, clock: BodyClock): AsyncIterable<Uint8Array> {
  try {
    checkForm(request);
    if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw fileTooLarge(limitBytes);
  } catch (error) {
    drain(request);
    throw error;
  }
  return { [Symbol.asyncIterator]: () => chunksOf(request, limitBytes, clock) };
}

async function* chunksOf(
  request: IncomingMessage,
  limitBytes: number,
  clock: BodyClock,
): AsyncGenerator<Uint8Array, void> {
  // Destroying the request would keep the answer from its sender.
  const chunks = request.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  let sizeBytes = 0;
  try {
    for (;;) {
      const { done, value } = await beforeSilence(chunks.next(), clock);
      if (done) break;
      sizeBytes += value.length;
      if (sizeBytes > limitBytes) throw fileTooLarge(limitBytes);
      yield value;
    }
  } catch (error) {
    throw error instanceof HttpProblem ? error : hungUp();
  } finally {
    if (!request.readableEnded) drain(request);
  }
  if (!request.complete) throw hungUp();
}

/** The next chunk, if it comes while the sender is still thought to be there. */
async function beforeSilence<T>(next: Promise<T>, clock: BodyClock): Promise<T> {
  // A sender that comes back after it was given up is not heard any more.
  next.catch(() => {});
  let cancel = () => {};
  const silence = new Promise<never>((_resolve, reject) => {
    cancel = clock.wakeAt(clock.now() + SILENCE_MS, () => reject(fellSilent()));
  });
  try {
    return await Promise.race([next, silence]);
  } finally {
    cancel();
  }
}
