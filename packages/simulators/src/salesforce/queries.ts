/** `query` and `queryAll`: first page, then `nextRecordsUrl` until done. */
import type { JsonObject } from '../kernel/json.ts';
import type { ApiAnswer, ApiCall } from './api.ts';
import { SalesforceError } from './errors.ts';
import { parseSoql, type SoqlQuery } from './soql-parser.ts';
import { runSoql } from './soql-runner.ts';

const maxCursors = 50;

/** Results not yet fetched; the oldest are forgotten, as the org forgets its locators. */
export class QueryCursors {
  readonly #results = new Map<string, { records: JsonObject[]; totalSize: number }>();
  #next = 1;

  keep(result: { records: JsonObject[]; totalSize: number }): string {
    const id = `01g8d${String(this.#next).padStart(10, '0')}AAA`;
    this.#next += 1;
    this.#results.set(id, result);
    for (const oldest of this.#results.keys()) {
      if (this.#results.size <= maxCursors) break;
      this.#results.delete(oldest);
    }
    return id;
  }

  find(id: string) {
    return this.#results.get(id);
  }

  clear() {
    this.#results.clear();
  }
}

export function answerQuery(call: ApiCall, locator: string | undefined, includeDeleted: boolean): ApiAnswer {
  if (locator !== undefined) return pageAt(call, locator);
  const soql = call.query.get('q');
  if (soql === null)
    throw new SalesforceError(
      400,
      'MALFORMED_QUERY',
      "SOQL statements cannot be empty or null; parameter 'q' is missing",
    );
  const result = runSoql(parsed(soql), { store: call.org.store, version: call.version, includeDeleted });
  if (result.records.length <= call.batchSize)
    return { status: 200, body: { totalSize: result.totalSize, done: true, records: result.records } };
  return pageAt(call, `${call.cursors.keep(result)}-0`);
}

function pageAt(call: ApiCall, locator: string): ApiAnswer {
  const [id = '', start = ''] = locator.split('-');
  const result = call.cursors.find(id);
  const from = Number(start);
  if (!result || !Number.isInteger(from) || from < 0)
    throw new SalesforceError(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
  const records = result.records.slice(from, from + call.batchSize);
  const next = from + records.length;
  const done = next >= result.records.length;
  const more = done ? {} : { nextRecordsUrl: `/services/data/${call.version}/query/${id}-${next}` };
  return { status: 200, body: { totalSize: result.totalSize, done, ...more, records } };
}

function parsed(soql: string): SoqlQuery {
  try {
    return parseSoql(soql);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new SalesforceError(400, 'MALFORMED_QUERY', error.message);
  }
}
