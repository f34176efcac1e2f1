/** Reads the records of a chunk one by one and tells which could not be read. */
import type { JsonValue } from '@waybill/node-sdk';
import { cellText } from './cell-text.ts';
import type { ChunkPlan, ChunkStand } from './chunk.ts';
import { columnNames, type PlainRecord, type RowFault, recordReader } from './columns.ts';
import { columnsRead } from './columns-read.ts';
import { createRowReader } from './csv-rows.ts';
import { inexactNumber } from './exact-numbers.ts';

/** A record and where it was found. */
export interface Item {
  record: PlainRecord;
  row: number;
  line: number | null;
  from: number;
  to: number;
}

export interface ChunkEnd {
  consumed: number;
  rows: number;
  lines: number;
  columns: string[] | null;
  isOverlong: boolean;
  isFull: boolean;
}

export interface RowTaker {
  /** A promise when the record takes its time; it is awaited before the next one is read. */
  take(item: Item): Promise<void> | undefined;
  refuse(item: Omit<Item, 'record'>, fault: RowFault): void;
  /** No more rows are to be read from this chunk. */
  isFull(): boolean;
}

const tooLong = (maxChars: number): RowFault => ({
  column: null,
  what: `it is longer than ${Math.round(maxChars / 1_024)} KB`,
  fix: 'Raise the limit where the file is read, or look for a missing line end or closing quote.',
});

export async function readRows(text: string, plan: ChunkPlan, stand: ChunkStand, taker: RowTaker): Promise<ChunkEnd> {
  switch (plan.format.is) {
    case 'csv':
      return readCsv(text, plan, plan.format, stand, taker);
    case 'jsonl':
      return readLines(text, plan, stand, taker);
    case 'items':
      return readItems(text, stand, taker);
  }
}

async function readCsv(
  text: string,
  plan: ChunkPlan,
  format: Extract<ChunkPlan['format'], { is: 'csv' }>,
  stand: ChunkStand,
  taker: RowTaker,
): Promise<ChunkEnd> {
  const names = format.header ? null : format.columns.map(({ name }) => name);
  const end: ChunkEnd = {
    consumed: 0,
    rows: 0,
    lines: 0,
    columns: stand.columns ?? (names?.length ? names : null),
    isOverlong: false,
    isFull: false,
  };
  const readColumns = columnsRead(plan);
  const isAscii = stand.encoding === 'bytes-ascii' || stand.encoding === 'text';
  // Columns with a kind are checked whether they are used or not.
  const isUsed = (index: number): boolean => cut?.[index] !== false;
  let cut: boolean[] | null = null;
  const open = (columns: readonly string[]) => {
    const known = new Set(format.columns.map(({ name }) => name));
    if (readColumns && isAscii) cut = columns.map((name) => readColumns.has(name) || known.has(name));
    return recordReader(columns, format.columns, stand.encoding, isUsed);
  };
  let read = end.columns && open(end.columns);
  const next = createRowReader(text, format, stand.isLast, isUsed);
  while (end.consumed < text.length) {
    end.isFull = taker.isFull();
    if (end.isFull) break;
    const from = end.consumed;
    const found = next(from);
    const line = stand.line + end.lines + 1;
    const row = stand.row + end.rows + 1;
    const length = (found.is === 'partial' ? text.length : found.end) - from;
    if (length > plan.maxRecordChars) {
      end.rows += 1;
      end.lines += 1;
      const stop = text.indexOf('\n', from);
      taker.refuse({ row, line, from, to: stop < 0 ? text.length : stop }, tooLong(plan.maxRecordChars));
      end.isOverlong = stop < 0;
      end.consumed = stop < 0 ? text.length : stop + 1;
      continue;
    }
    if (found.is === 'partial') break;
    end.consumed = found.end;
    if (found.is === 'broken') {
      end.rows += 1;
      end.lines += 1;
      taker.refuse(
        { row, line, from, to: found.end },
        { column: null, what: found.what, fix: 'Double quotes inside a value, and close each quoted value.' },
      );
      continue;
    }
    end.lines += found.lines;
    const { cells } = found;
    if (cells.length === 1 && cells[0] === '') continue; // An empty line is no record.
    if (!read) {
      const decoded = cells.map((cell) => cellText(cell, stand.encoding) ?? cell);
      end.columns = format.header
        ? columnNames(decoded)
        : columnNames(decoded.map((_, index) => `column ${index + 1}`));
      read = open(end.columns);
      if (format.header) continue;
    }
    end.rows += 1;
    const result = read(cells);
    if ('fault' in result) {
      const isSplit = result.fault.column === null && found.lines > 1;
      if (isSplit) {
        // A stray quote joined several lines: only the first of them is given up.
        const stop = text.indexOf('\n', from);
        end.lines += 1 - found.lines;
        end.consumed = stop + 1;
      }
      taker.refuse({ row, line, from, to: end.consumed }, result.fault);
      continue;
    }
    const taken = taker.take({ record: result.record, row, line, from, to: end.consumed });
    if (taken) await taken;
  }
  return end;
}

async function readLines(text: string, plan: ChunkPlan, stand: ChunkStand, taker: RowTaker): Promise<ChunkEnd> {
  const end: ChunkEnd = { consumed: 0, rows: 0, lines: 0, columns: null, isOverlong: false, isFull: false };
  while (end.consumed < text.length) {
    end.isFull = taker.isFull();
    if (end.isFull) break;
    const from = end.consumed;
    const stop = text.indexOf('\n', from);
    const to = stop < 0 ? text.length : stop;
    const isTooLong = to - from > plan.maxRecordChars;
    if (stop < 0 && !stand.isLast && !isTooLong) break;
    end.consumed = stop < 0 ? text.length : stop + 1;
    end.lines += 1;
    const raw = isTooLong ? '' : text.slice(from, to).trim();
    if (raw === '' && !isTooLong) continue;
    end.rows += 1;
    const at = { row: stand.row + end.rows, line: stand.line + end.lines, from, to };
    if (isTooLong) {
      taker.refuse(at, tooLong(plan.maxRecordChars));
      end.isOverlong = stop < 0;
      continue;
    }
    const read = recordOfLine(raw, stand);
    if ('fault' in read) taker.refuse(at, read.fault);
    else {
      const taken = taker.take({ ...at, record: read.record });
      if (taken) await taken;
    }
  }
  return end;
}

function recordOfLine(raw: string, stand: ChunkStand): { record: PlainRecord } | { fault: RowFault } {
  const text = cellText(raw, stand.encoding);
  if (text === null)
    return {
      fault: { column: null, what: 'it is not valid UTF-8', fix: 'Save the file as UTF-8, or choose its encoding.' },
    };
  try {
    const inexact = inexactNumber(text);
    return inexact ? { fault: inexact } : recordOf(JSON.parse(text) as JsonValue);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message.slice(0, 200) : 'it is cut off';
    return { fault: { column: null, what: `it is no JSON: ${why}`, fix: 'Write one JSON object per line.' } };
  }
}

function recordOf(value: JsonValue | undefined): { record: PlainRecord } | { fault: RowFault } {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { record: value };
  return { fault: { column: null, what: 'it is no object with named fields', fix: 'Send records as objects.' } };
}

async function readItems(text: string, stand: ChunkStand, taker: RowTaker): Promise<ChunkEnd> {
  const items = JSON.parse(text) as JsonValue[];
  for (let index = 0; index < items.length; index += 1) {
    const at = { row: stand.row + index + 1, line: null, from: index, to: index };
    const read = recordOf(items[index]);
    if ('fault' in read) taker.refuse(at, read.fault);
    else {
      const taken = taker.take({ ...at, record: read.record });
      if (taken) await taken;
    }
  }
  return { consumed: text.length, rows: items.length, lines: 0, columns: null, isOverlong: false, isFull: false };
}
