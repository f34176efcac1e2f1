import type { JsonObject, JsonValue, RecordPage } from '@waybill/node-sdk';
import * as z from 'zod';
import type { SalesforceContext } from './client.ts';
import { API, callOptions, plainRecord } from './client.ts';

/** A quoted text of SOQL; quotes and backslashes in it mean themselves. */
export const soqlText = (text: string): string => `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;

const jsonRecord = z.record(z.string(), z.json()) as z.ZodType<JsonObject>;
const page = z.object({
  totalSize: z.int(),
  done: z.boolean(),
  nextRecordsUrl: z.string().startsWith('/').optional(),
  records: z.array(jsonRecord),
});

export interface QueryResult {
  records: JsonObject[];
  /** How many there are in Salesforce. */
  total: number;
  /** There are more than were read. */
  truncated: boolean;
}

/** Reads page after page, in order, until the end or `maxRows`. */
export async function query(context: SalesforceContext, soql: string, maxRows: number): Promise<QueryResult> {
  const records: JsonObject[] = [];
  let reply = await context.http.get(`${API}/query`, {
    ...callOptions(context),
    query: { q: soql },
    replies: { 200: page },
  });
  for (;;) {
    records.push(...reply.json.records);
    const next = reply.json.done ? undefined : reply.json.nextRecordsUrl;
    if (next === undefined || records.length >= maxRows) {
      const total = reply.json.totalSize;
      return {
        records: records.slice(0, maxRows).map(plainRecord),
        total,
        truncated: next !== undefined || records.length > maxRows,
      };
    }
    reply = await context.http.get(next, { ...callOptions(context), replies: { 200: page } });
  }
}

/** One page: the first of the query, or the one a page before named. */
export async function queryPage(context: SalesforceContext, soql: string, cursor: string | null): Promise<RecordPage> {
  const { json } =
    cursor === null
      ? await context.http.get(`${API}/query`, { ...callOptions(context), query: { q: soql }, replies: { 200: page } })
      : await context.http.get(cursor, { ...callOptions(context), replies: { 200: page } });
  return { items: json.records.map(plainRecord), next: json.done ? null : (json.nextRecordsUrl ?? null) };
}

/** The rows of a child query, which Salesforce nests as a result of its own, or null for none. */
export function childRows(value: JsonValue | undefined): JsonObject[] {
  const parsed = z.object({ records: z.array(jsonRecord) }).safeParse(value);
  return parsed.success ? parsed.data.records : [];
}
