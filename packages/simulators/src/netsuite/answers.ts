/** Success answers of the REST services: content type, pages of items, what a write points to. */
import type { Request, Response } from 'express';
import type { Json, JsonObject } from '../kernel/json.ts';
import { ownUrl, queryOf } from '../kernel/simulator.ts';
import { userError } from './errors.ts';
import { link } from './record-view.ts';

export const recordPath = '/services/rest/record/v1';

/** The record written by a call: what its `Location` points to. */
export interface Written {
  readonly type: string;
  readonly id: string;
}

export function pageOf<T>(request: Request, found: readonly T[]): { items: T[]; page: JsonObject } {
  const query = queryOf(request);
  const limit = Number(query.get('limit') ?? '1000');
  const offset = Number(query.get('offset') ?? '0');
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
    throw userError('The limit must be between 1 and 1000.', 'limit');
  if (!Number.isInteger(offset) || offset < 0 || offset % limit !== 0) {
    throw userError('The offset must be a multiple of the limit.', 'offset');
  }
  const items = found.slice(offset, offset + limit);
  const hasMore = offset + items.length < found.length;
  const at = (start: number) => `${ownUrl(request)}${request.path}?limit=${limit}&offset=${start}`;
  const links = [link('self', at(offset)), ...(hasMore ? [link('next', at(offset + limit))] : [])];
  return { items, page: { links, count: items.length, hasMore, offset, totalResults: found.length } };
}

export function sendJson(response: Response, body: Json) {
  response.type('application/vnd.oracle.resource+json').send(JSON.stringify(body));
}
