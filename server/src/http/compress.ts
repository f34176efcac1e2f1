import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Request, Response } from 'express';

const gzipped = promisify(gzip);
/** Less than this fits into few packets as it is. */
const WORTH_IT_BYTES = 8_192;
/** A catalog of 200 KB costs 2 ms of a worker thread at this level, and twice that at the usual one for little less. */
const LEVEL = 3;

/** Sends a value as JSON, compressed where that helps and the client takes it. */
export async function sendJson(request: Request, response: Response, value: unknown): Promise<void> {
  const text = JSON.stringify(value);
  response.type('application/json');
  if (text.length < WORTH_IT_BYTES) {
    response.send(text);
    return;
  }
  response.vary('accept-encoding');
  if (request.acceptsEncodings('gzip') !== 'gzip') {
    response.send(text);
    return;
  }
  const body = await gzipped(text, { level: LEVEL });
  response.setHeader('content-encoding', 'gzip');
  response.send(body);
}
