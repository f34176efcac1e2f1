/** Cells of a CSV row as a record. */
import type { JsonValue, RecordColumn } from '@waybill/node-sdk';
import type { CellEncoding } from './cell-text.ts';
import { cellText } from './cell-text.ts';

export type PlainRecord = { [name: string]: JsonValue };
/** What is wrong with a row; `column` when it is one cell. */
export interface RowFault {
  column: string | null;
  what: string;
  fix: string;
}
export type Read = { record: PlainRecord } | { fault: RowFault };

/** Names for the columns of a header row: blank ones are numbered, repeated ones counted. */
export function columnNames(header: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return header.map((raw, index) => {
    const name = raw.trim() || `column ${index + 1}`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} ${count}`;
  });
}

const numberText = /^[-+]?(\d+([.]\d*)?|[.]\d+)([eE][-+]?\d+)?$/;
const isoDate = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[-+]\d{2}:?\d{2})?)?$/;
const yes = new Set(['true', 'yes', 'y', '1']);
const no = new Set(['false', 'no', 'n', '0']);

function numberOf(text: string, decimal: '.' | ','): number | null {
  let plain = text.trim();
  // The other sign may group thousands.
  if (decimal === ',') plain = plain.replaceAll('.', '').replace(',', '.');
  else if (/^[-+]?\d{1,3}(,\d{3})+(\.|$)/.test(plain)) plain = plain.replaceAll(',', '');
  return numberText.test(plain) ? Number(plain) : null;
}

/** An empty cell of a typed column is null. Undefined: unreadable. */
function cellValue(text: string, column: RecordColumn): JsonValue | undefined {
  if (column.kind === 'text') return text;
  if (text.trim() === '') return null;
  switch (column.kind) {
    case 'number':
      return numberOf(text, column.decimal ?? '.') ?? undefined;
    case 'boolean': {
      const word = text.trim().toLowerCase();
      return yes.has(word) ? true : no.has(word) ? false : undefined;
    }
    case 'date': {
      const day = text.trim();
      return isoDate.test(day) && !Number.isNaN(Date.parse(day)) ? day : undefined;
    }
  }
}

const wanted: Record<Exclude<RecordColumn['kind'], 'text'>, string> = {
  number: 'a number',
  boolean: 'yes or no',
  date: 'a date such as 2026-11-20',
};

/** Reader of rows into records; kinds are those of the declared columns, text otherwise. */
export function recordReader(
  names: readonly string[],
  declared: readonly RecordColumn[],
  encoding: CellEncoding,
  isCut: (index: number) => boolean,
) {
  const columns = names.map(
    (name) => declared.find((column) => column.name === name) ?? { name, kind: 'text' as const },
  );
  const isAscii = encoding === 'bytes-ascii' || encoding === 'text' || encoding === 'bytes-latin1';
  const isPlain = isAscii && columns.every(({ kind }) => kind === 'text');

  function readCell(raw: string, column: RecordColumn): JsonValue | RowFault {
    const text = isAscii ? raw : cellText(raw, encoding);
    if (text === null)
      return {
        column: column.name,
        what: `the text of ${column.name} is not valid UTF-8`,
        fix: 'Save the file as UTF-8, or choose its encoding where it is read.',
      };
    const value = cellValue(text, column);
    if (value !== undefined) return value;
    const kind = column.kind === 'text' ? 'text' : wanted[column.kind];
    const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
    return { column: column.name, what: `"${shown}" in ${column.name} is not ${kind}`, fix: `Write ${kind}.` };
  }

  const plainAt = columns.flatMap((_, index) => (isCut(index) ? [index] : []));

  return (cells: readonly string[]): Read => {
    if (cells.length !== names.length)
      return {
        fault: {
          column: null,
          what: `it has ${cells.length} ${cells.length === 1 ? 'field' : 'fields'} where ${names.length} are expected`,
          fix: 'Add the missing field or put the value in quotes; a delimiter inside a value splits it.',
        },
      };
    const record: PlainRecord = {};
    if (isPlain) {
      for (const at of plainAt) record[(columns[at] as RecordColumn).name] = cells[at] as string;
      return { record };
    }
    for (let at = 0; at < columns.length; at += 1) {
      const column = columns[at] as RecordColumn;
      const value = readCell(cells[at] as string, column);
      if (typeof value === 'object' && value !== null && 'fix' in value) return { fault: value as RowFault };
      record[column.name] = value as JsonValue;
    }
    return { record };
  };
}
