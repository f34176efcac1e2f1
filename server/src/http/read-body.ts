import type { IncomingMessage } from 'node:http';
import type { Clock } from '@waybill/engine/ports';
import type { JsonValue } from '@waybill/flow-model';
import { HttpProblem } from '../problem.ts';

export const megabyte = 1_000_000;
const maxJsonDepth = 200;
const bodyTimeoutMs = 120_000;

const tooLarge = (limitBytes: number): HttpProblem =>
  new HttpProblem('BODY_TOO_LARGE', {
    detail: `The body is larger than the ${Math.round(limitBytes / megabyte)} MB this address takes.`,
    fix: 'Send less at once, or send a reference to a file.',
  });

/** What bodies are timed by. */
export type BodyClock = Pick<Clock, 'now' | 'wakeAt'>;

const tooSlow = (): HttpProblem =>
  new HttpProblem('REQUEST_TOO_SLOW', {
    detail: `The body did not arrive within ${bodyTimeoutMs / 1_000} s.`,
    fix: 'Send it again over a faster line, or send less at once.',
    headers: { connection: 'close' },
  });

/**
 * The whole body, refused as soon as it is known to be too large.
 * @throws {HttpProblem} BODY_TOO_LARGE, REQUEST_TOO_SLOW, CONTENT_ENCODING_UNSUPPORTED, REQUEST_INVALID (the sender hung up).
 */
export async function readBody(request: IncomingMessage, limitBytes: number, clock: BodyClock): Promise<Buffer> {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    request.resume();
    throw new HttpProblem('CONTENT_ENCODING_UNSUPPORTED', {
      detail: `The body is encoded as ${JSON.stringify(encoding)}.`,
      fix: 'Send it without a content encoding.',
    });
  }
  // The rest is read and dropped: closing the connection under a sender would keep the answer from it.
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) {
    request.resume();
    throw tooLarge(limitBytes);
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    let isLate = false;
    const cancel = clock.wakeAt(clock.now() + bodyTimeoutMs, () => {
      isLate = true;
      chunks.length = 0;
      reject(tooSlow());
    });
    request.once('close', cancel);
    request.on('data', (chunk: Buffer) => {
      // What still arrives of one that was refused is read and dropped.
      if (isLate) return;
      sizeBytes += chunk.length;
      if (sizeBytes <= limitBytes) {
        chunks.push(chunk);
        return;
      }
      // What still arrives is read and dropped, so that the sender gets to read the answer.
      chunks.length = 0;
      reject(tooLarge(limitBytes));
    });
    request.on('end', () => {
      cancel();
      resolve(Buffer.concat(chunks));
    });
    const hungUp = () => {
      // Every request is closed at last; only before its end is that a fault.
      if (request.readableEnded) return;
      reject(
        new HttpProblem('REQUEST_INVALID', { detail: 'The request ended before its body did.', fix: 'Send it again.' }),
      );
    };
    request.on('error', hungUp);
    request.on('close', hungUp);
  });
}

/** @throws {HttpProblem} ENCODING_INVALID with the position of the first wrong byte. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new HttpProblem('ENCODING_INVALID', {
      detail: `The body is not UTF-8: byte ${firstInvalidByte(bytes)} does not belong there.`,
      fix: 'Save or send the text as UTF-8.',
    });
  }
}

/** Longest prefix that decodes, found by halving: a longer prefix of a valid text never turns invalid. */
function firstInvalidByte(bytes: Uint8Array): number {
  const decodes = (end: number): boolean => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  let valid = 0;
  let invalid = bytes.length;
  while (invalid - valid > 1) {
    const middle = Math.floor((valid + invalid) / 2);
    if (decodes(middle)) valid = middle;
    else invalid = middle;
  }
  return valid;
}

const lineAndColumn = (text: string, position: number): string => {
  const before = text.slice(0, position).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
};

/** Depth of brackets outside strings; one pass, so that a hostile body cannot exhaust the stack. */
function nestingOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (inString) {
      if (char === 0x5c) at += 1;
      else if (char === 0x22) inString = false;
    } else if (char === 0x22) inString = true;
    else if (char === 0x7b || char === 0x5b) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (char === 0x7d || char === 0x5d) depth -= 1;
  }
  return deepest;
}

/** @throws {HttpProblem} JSON_INVALID with the position, or if it is nested too deeply. */
export function parseJson(text: string): JsonValue {
  if (nestingOf(text) > maxJsonDepth)
    throw new HttpProblem('JSON_INVALID', {
      detail: `The JSON is nested more than ${maxJsonDepth} levels deep.`,
      fix: 'Flatten the values in it.',
    });
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    const message = (error as Error).message;
    const found = /position (\d+)/.exec(message)?.[1];
    const position = found === undefined ? text.length : Number(found);
    throw new HttpProblem('JSON_INVALID', {
      detail: `The body is not valid JSON at ${lineAndColumn(text, position)} (position ${position}).`,
      fix: 'Correct the JSON there; a comma, quote or bracket is missing or too many.',
    });
  }
}

/** @throws {HttpProblem} CONTENT_TYPE_UNSUPPORTED, BODY_MISSING and what reading and parsing throw. */
export async function readJson(request: IncomingMessage, limitBytes: number, clock: BodyClock): Promise<JsonValue> {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type !== 'application/json') {
    request.resume();
    throw new HttpProblem('CONTENT_TYPE_UNSUPPORTED', {
      detail: type ? `The content type is "${type}".` : 'The request has no content type.',
      fix: 'Send JSON with the header content-type: application/json.',
    });
  }
  const bytes = await readBody(request, limitBytes, clock);
  if (bytes.length === 0)
    throw new HttpProblem('BODY_MISSING', { detail: 'The request has no body.', fix: 'Send a JSON object.' });
  return parseJson(decodeUtf8(bytes));
}
