import type { JsonValue } from '@waybill/flow-model';

export interface TableOfValue {
  columns: readonly string[];
  rows: readonly (readonly JsonValue[])[];
}

const COLUMN_LIMIT = 40;

const isRecord = (value: JsonValue | undefined): value is { [key: string]: JsonValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A value as rows and columns, or null where a table says nothing. Pure.
 * A list of objects has a row each; an object has a row per field; any other list has a numbered row each.
 */
export function tableOf(value: JsonValue): TableOfValue | null {
  if (Array.isArray(value)) {
    if (value.length === 0) return null;
    if (value.every(isRecord)) {
      const columns = [...new Set(value.slice(0, 200).flatMap((row) => Object.keys(row)))].slice(0, COLUMN_LIMIT);
      return { columns, rows: value.map((row) => columns.map((column) => row[column] ?? null)) };
    }
    return { columns: ['#', 'Value'], rows: value.map((item, index) => [index, item]) };
  }
  if (!isRecord(value)) return null;
  const entries = Object.entries(value);
  return entries.length === 0 ? null : { columns: ['Field', 'Value'], rows: entries };
}

/** A cell as one line of text. Pure. */
export function cellText(value: JsonValue): string {
  if (value === null) return '';
  if (typeof value === 'string') return value.length > 400 ? `${value.slice(0, 400)}…` : value;
  if (typeof value !== 'object') return String(value);
  const text = JSON.stringify(value);
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}
