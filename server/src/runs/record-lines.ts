/** Outcomes of records as lines of a CSV file that a spreadsheet opens. */
import type { RecordState, StreamRecord } from '@waybill/api-contract';

const words: Record<RecordState, string> = {
  refused: 'could not be used',
  rejected: 'refused by the system',
  written: 'written',
  waiting: 'not written',
  failed: 'failed',
  'in-doubt': 'in doubt',
  skipped: 'gone on without',
  passed: 'passed on',
};

/** A text that a spreadsheet would take for a formula gets an apostrophe. @source OWASP CSV Injection */
const cell = (value: string | number | null): string => {
  const text = String(value ?? '');
  const plain = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
};
const lineOf = (cells: readonly (string | number | null)[]): string => `${cells.map(cell).join(',')}\r\n`;

/** With the mark by which spreadsheets know UTF-8. */
export const recordLineHead = `\ufeff${lineOf(['row', 'line', 'key', 'outcome', 'what', 'fix', 'step', 'batch', 'effect key', 'record'])}`;

export const recordLine = ({
  row,
  line,
  key,
  state,
  what,
  fix,
  step,
  batch,
  effectKey,
  source,
}: StreamRecord): string => lineOf([row, line, key, words[state], what, fix, step, batch, effectKey, source]);
