import type { LookupTable } from '@waybill/api-contract';
import type { JsonValue } from '@waybill/flow-model';

type Row = LookupTable['rows'][number];

/** A row while it is edited: text in every cell; `id` only for the screen. */
export interface DraftRow {
  id: string;
  validFrom: string;
  validTo: string;
  cells: Readonly<Record<string, string>>;
  /** The values as they were read; a cell nobody touched goes back as exactly this. */
  read?: Row['values'];
}

const textOf = (value: JsonValue | undefined): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);

/** What a typed cell means: a number stays a number if the column holds numbers, and so on; else text. Pure. */
export function cellValue(typed: string, before: JsonValue | undefined): JsonValue {
  if (typed === '') return null;
  if (typeof before === 'string') return typed;
  if (typed === 'true' || typed === 'false') return typed === 'true';
  // Numbers that would not read back as typed (leading zeros, too long) are codes, not numbers.
  const number = Number(typed);
  return typed.trim() !== '' && String(number) === typed ? number : typed;
}

export const draftRows = (rows: readonly Row[], columns: readonly string[]): DraftRow[] =>
  rows.map((row, index) => ({
    id: `row-${index}`,
    validFrom: row.validFrom ?? '',
    validTo: row.validTo ?? '',
    cells: Object.fromEntries(columns.map((column) => [column, textOf(row.values[column])])),
    read: row.values,
  }));

export const emptyRow = (id: string, columns: readonly string[]): DraftRow => ({
  id,
  validFrom: '',
  validTo: '',
  cells: Object.fromEntries(columns.map((column) => [column, ''])),
});

/**
 * Ends a row and begins the next period with the same values, so that the two do not overlap. Pure.
 * @param today `YYYY-MM-DD`; where the new period begins unless the row has an end already.
 * @returns the row as it is then, and the new one; its beginning stays open if `today` is no later than the row's own.
 */
export function followRow(row: DraftRow, id: string, today: string): [ended: DraftRow, next: DraftRow] {
  const start = row.validTo || (today > row.validFrom ? today : '');
  return [
    { ...row, validTo: row.validTo || start },
    { ...row, id, validFrom: start, validTo: '' },
  ];
}

/** The rows as the server takes them. Cells keep the type they had. Pure. */
export function rowsToSend(drafts: readonly DraftRow[], columns: readonly string[], before: readonly Row[]): Row[] {
  const kinds = new Map(
    columns.map((column) => [column, before.map((row) => row.values[column]).find((value) => value != null)]),
  );
  return drafts.map((draft) => ({
    validFrom: draft.validFrom || null,
    validTo: draft.validTo || null,
    values: Object.fromEntries(
      columns.flatMap((column) => {
        const typed = draft.cells[column] ?? '';
        const read = draft.read?.[column];
        if (draft.read && typed === textOf(read)) return read === undefined ? [] : [[column, read]];
        return [[column, cellValue(typed, kinds.get(column))]];
      }),
    ),
  }));
}

const EARLIEST = '0000-00-00';
const LATEST = '9999-99-99';

/** Faults by row id: missing keys, dates the wrong way round, two rows valid for the same key on the same day. Pure. */
export function rowFaults(drafts: readonly DraftRow[], keyColumns: readonly string[]): Map<string, string> {
  const faults = new Map<string, string>();
  const byKey = new Map<string, DraftRow[]>();
  for (const draft of drafts) {
    const missing = keyColumns.filter((column) => (draft.cells[column] ?? '').trim() === '');
    if (missing.length > 0) {
      faults.set(draft.id, `Fill in ${missing.join(', ')}.`);
      continue;
    }
    if (draft.validFrom && draft.validTo && draft.validFrom >= draft.validTo) {
      faults.set(draft.id, 'The end must lie after the beginning.');
      continue;
    }
    const key = JSON.stringify(keyColumns.map((column) => draft.cells[column]));
    const others = byKey.get(key);
    if (others) others.push(draft);
    else byKey.set(key, [draft]);
  }
  for (const rows of byKey.values()) {
    const ordered = rows.toSorted((a, b) => (a.validFrom || EARLIEST).localeCompare(b.validFrom || EARLIEST));
    let covered: DraftRow | null = null;
    for (const row of ordered) {
      if (covered && (row.validFrom || EARLIEST) < (covered.validTo || LATEST))
        faults.set(row.id, 'Another row with this key is valid at the same time.');
      if (!covered || (row.validTo || LATEST) > (covered.validTo || LATEST)) covered = row;
    }
  }
  return faults;
}

/** Whether a row is in force on a day, `YYYY-MM-DD`; the end day is the first it is not. Pure. */
export const inForce = (draft: Pick<DraftRow, 'validFrom' | 'validTo'>, day: string): boolean =>
  (draft.validFrom || EARLIEST) <= day && day < (draft.validTo || LATEST);

/** Faults in the order of the rows, each with the number people see. Pure. */
export const listedFaults = (drafts: readonly DraftRow[], faults: ReadonlyMap<string, string>) =>
  drafts.flatMap((draft, index) => {
    const fault = faults.get(draft.id);
    return fault === undefined ? [] : [{ id: draft.id, row: index + 1, fault }];
  });

const CHARACTER_PX = 7.6;
const CELL_PADDING_PX = 24;
const NARROWEST_PX = 84;
const WIDEST_PX = 280;
const LOOKED_AT = 200;

/** Width of a column in px, from its name and the longest of its first cells. Pure. */
export function columnWidthPx(column: string, drafts: readonly DraftRow[]): number {
  const longest = drafts
    .slice(0, LOOKED_AT)
    .reduce((most, draft) => Math.max(most, (draft.cells[column] ?? '').length), column.length + 4);
  return Math.min(WIDEST_PX, Math.max(NARROWEST_PX, Math.ceil(longest * CHARACTER_PX) + CELL_PADDING_PX));
}
