import type { StepView, StreamRecord } from '@waybill/api-contract';

type Records = NonNullable<StepView['records']>;

/** Below this the pace says nothing yet. */
const PACE_FROM_MS = 1_000;

/** How fast a step reads its records, and what follows from it; null where it cannot be told yet. */
export function recordPace({ rowsIn, firstRows, firstAt, at, bytesDone, bytesTotal }: Records) {
  const share = bytesDone === null || !bytesTotal ? null : Math.min(1, bytesDone / bytesTotal);
  const spentMs = at - firstAt;
  const perMs = spentMs >= PACE_FROM_MS && rowsIn > firstRows ? (rowsIn - firstRows) / spentMs : null;
  const rowsLeft = share === null || share === 0 ? null : rowsIn / share - rowsIn;
  return {
    share,
    perSecond: perMs === null ? null : perMs * 1_000,
    leftMs: perMs === null || rowsLeft === null ? null : Math.round(rowsLeft / perMs),
  };
}

const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/** Refused records as a CSV file: as they came, with what is wrong behind; corrected, it can be read again. */
export function refusedAsCsv(
  records: readonly Pick<StreamRecord, 'row' | 'what' | 'source'>[],
  file: { columns: readonly string[]; delimiter: string } | null,
): string {
  if (!file || file.delimiter === '') {
    const lines = records.map(({ row, what, source }) => [String(row), what ?? '', source ?? ''].map(cell).join(','));
    return `${['row,error,record', ...lines].join('\r\n')}\r\n`;
  }
  const { columns, delimiter } = file;
  const head = [...columns, 'error'].map((name) =>
    /["\r\n]/.test(name) || name.includes(delimiter) ? cell(name) : name,
  );
  const lines = records
    .toReversed()
    .map(({ row, what, source }) => `${source ?? ''}${delimiter}${cell(`row ${row}: ${what ?? ''}`)}`);
  return `${[head.join(delimiter), ...lines].join('\r\n')}\r\n`;
}
