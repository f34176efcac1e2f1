/** Records as lines of a file. */
import type { JsonValue } from '@waybill/node-sdk';
import type { PlainRecord } from './columns.ts';

const cellOf = (value: JsonValue | undefined): string => {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

/** A text that a spreadsheet would take for a formula gets an apostrophe; numbers stay numbers. @source OWASP CSV Injection */
const defused = (cell: string, value: JsonValue | undefined): string =>
  typeof value === 'string' && /^[=+\-@\t\r]/.test(cell) && !/^[-+]?[\d.,]+$/.test(cell) ? `'${cell}` : cell;

/** @source RFC 4180 */
export function csvLine(record: PlainRecord, columns: readonly string[], delimiter: string): string {
  let line = '';
  for (let at = 0; at < columns.length; at += 1) {
    const value = record[columns[at] as string];
    const cell = defused(cellOf(value), value);
    if (at > 0) line += delimiter;
    line += cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  }
  return `${line}\r\n`;
}

export const csvHeader = (columns: readonly string[], delimiter: string): string =>
  csvLine(Object.fromEntries(columns.map((name) => [name, name])), columns, delimiter);

/** Fields the file has no column for. */
export const surplusFields = (record: PlainRecord, columns: ReadonlySet<string>): string[] =>
  Object.keys(record).filter((name) => !columns.has(name));
