/**
 * Finds the rows in a piece of a CSV file, one call per row. A row whose quotes do not add up is given up at its
 * first line end, so that it costs one row and not the rest of the file. @source RFC 4180
 */

/** A row, and where the next one begins. */
export type FoundRow =
  | { is: 'row'; cells: string[]; end: number; lines: number }
  | { is: 'broken'; what: string; end: number; source: string }
  /** The text ends before the row does. */
  | { is: 'partial' };

export interface CsvCut {
  delimiter: string;
  /** Empty: nothing is quoted. */
  quote: string;
}

const lineEnd = (text: string, from: number): number => {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at;
};
/** Without the carriage return in front of a line feed. */
const withoutReturn = (text: string, start: number, end: number): number =>
  end > start && text.charCodeAt(end - 1) === 13 ? end - 1 : end;

/** @param isCut whether a column's text is wanted; the others come out empty, where nothing is quoted. */
export function createRowReader(
  text: string,
  { delimiter, quote }: CsvCut,
  isLast: boolean,
  isCut: (index: number) => boolean,
) {
  /** The next quote, looked for once and not per row. */
  let nextQuote = quote === '' ? -1 : text.indexOf(quote);

  /** Handed out again and again: whoever wants to keep the cells of a row copies them. */
  const plain = { is: 'row' as const, cells: [] as string[], end: 0, lines: 1 };

  function plainRow(start: number, end: number, next: number): FoundRow {
    const { cells } = plain;
    let count = 0;
    let from = start;
    for (;;) {
      const at = text.indexOf(delimiter, from);
      if (at < 0 || at >= end) break;
      cells[count] = isCut(count) ? text.slice(from, at) : '';
      count += 1;
      from = at + 1;
    }
    cells[count] = isCut(count) ? text.slice(from, end) : '';
    cells.length = count + 1;
    plain.end = next;
    return plain;
  }

  const broken = (start: number, what: string): FoundRow => {
    const end = lineEnd(text, start);
    // Given up at the end of the text, the rest of its line would be taken for a row of its own.
    if (end === text.length && !isLast) return { is: 'partial' };
    return {
      is: 'broken',
      what,
      end: Math.min(text.length, end + 1),
      source: text.slice(start, withoutReturn(text, start, end)),
    };
  };

  function quotedRow(start: number): FoundRow {
    const cells: string[] = [];
    let at = start;
    let lines = 0;
    for (;;) {
      let cell: string;
      if (text.startsWith(quote, at)) {
        cell = '';
        let from = at + 1;
        for (;;) {
          const close = text.indexOf(quote, from);
          if (close < 0)
            return isLast
              ? broken(start, `the quote before field ${cells.length + 1} is never closed`)
              : { is: 'partial' };
          if (close + 1 >= text.length && !isLast) return { is: 'partial' };
          cell += text.slice(from, close);
          at = close + 1;
          if (!text.startsWith(quote, at)) break;
          cell += quote;
          from = at + 1;
        }
        for (let found = cell.indexOf('\n'); found >= 0; found = cell.indexOf('\n', found + 1)) lines += 1;
      } else {
        const stop = lineEnd(text, at);
        const comma = text.indexOf(delimiter, at);
        const end = comma >= 0 && comma < stop ? comma : stop;
        if (end === text.length && !isLast) return { is: 'partial' };
        cell = text.slice(at, end === stop ? withoutReturn(text, at, end) : end);
        if (cell.includes(quote))
          return broken(start, `field ${cells.length + 1} has a quote inside an unquoted value`);
        at = end;
      }
      cells.push(cell);
      if (at >= text.length) return isLast ? { is: 'row', cells, end: at, lines: lines + 1 } : { is: 'partial' };
      if (text.startsWith(delimiter, at)) {
        at += 1;
        continue;
      }
      if (text.startsWith('\r', at)) at += 1;
      if (at >= text.length && !isLast) return { is: 'partial' };
      if (at >= text.length || text.startsWith('\n', at)) return { is: 'row', cells, end: at + 1, lines: lines + 1 };
      return broken(start, `field ${cells.length} goes on after its closing quote`);
    }
  }

  return (start: number): FoundRow => {
    const end = text.indexOf('\n', start);
    if (nextQuote >= 0 && nextQuote < start) nextQuote = text.indexOf(quote, start);
    const stop = end < 0 ? text.length : end;
    if (nextQuote >= 0 && nextQuote < stop) return quotedRow(start);
    if (end < 0 && !isLast) return { is: 'partial' };
    return plainRow(start, withoutReturn(text, start, stop), Math.min(text.length, stop + 1));
  };
}
