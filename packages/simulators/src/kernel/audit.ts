/** The audit trail: one row per write that took effect. */
import type { SQLInputValue } from 'node:sqlite';
import type { Json } from './json.ts';
import type { WriteOperation } from './record-store.ts';

export interface AuditRow {
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly object: string;
  readonly recordId: string;
  readonly operation: WriteOperation;
  readonly externalKey: string | null;
  readonly correlationId: string | null;
  readonly body: Json;
}

/** All given parts must match; `since` is the last sequence number already seen. */
export interface AuditFilter {
  readonly object?: string;
  readonly externalKey?: string;
  readonly recordId?: string;
  readonly operation?: WriteOperation;
  readonly correlationId?: string;
  readonly since?: number;
}

const columns: Record<Exclude<keyof AuditFilter, 'since'>, string> = {
  object: 'object',
  externalKey: 'external_key',
  recordId: 'record_id',
  operation: 'operation',
  correlationId: 'correlation_id',
};

export function auditQuery(filter: AuditFilter): { sql: string; values: SQLInputValue[] } {
  const parts: string[] = ['seq > ?'];
  const values: SQLInputValue[] = [filter.since ?? 0];
  for (const [name, column] of Object.entries(columns)) {
    const value = filter[name as keyof typeof columns];
    if (value === undefined) continue;
    parts.push(`${column} = ?`);
    values.push(value);
  }
  return { sql: `SELECT * FROM audit WHERE ${parts.join(' AND ')} ORDER BY seq`, values };
}

/** Reads the filter out of a query string; unknown names are ignored. */
export function auditFilterOf(query: URLSearchParams): AuditFilter {
  const filter: Record<string, string | number> = {};
  for (const name of Object.keys(columns)) {
    const value = query.get(name);
    if (value !== null) filter[name] = value;
  }
  const since = Number(query.get('since') ?? '0');
  if (Number.isFinite(since)) filter['since'] = since;
  return filter as AuditFilter;
}

export function auditRow(row: unknown): AuditRow {
  const columnsOf = row as Record<string, string | number | null>;
  return {
    seq: Number(columnsOf['seq']),
    at: new Date(Number(columnsOf['at'])).toISOString(),
    method: String(columnsOf['method']),
    path: String(columnsOf['path']),
    object: String(columnsOf['object']),
    recordId: String(columnsOf['record_id']),
    operation: columnsOf['operation'] as WriteOperation,
    externalKey: columnsOf['external_key'] as string | null,
    correlationId: columnsOf['correlation_id'] as string | null,
    body: JSON.parse(String(columnsOf['body'] ?? 'null')) as Json,
  };
}
