/** Whole numbers that JSON can say and a number cannot keep: an id of twenty digits would become another one. */
import type { RowFault } from './columns.ts';

/** Most lines have none that could be meant, and are not looked at twice. */
const mayBeInexact = /\d{16}|\d[eE]\+?\d{3}/;

const isKept = (value: number, source: string): boolean =>
  Number.isFinite(value) && (!/^-?\d+$/.test(source) || BigInt(source) === BigInt(value));

/** The first such number of a line, or null. @throws {SyntaxError} if it is no JSON. */
export function inexactNumber(text: string): RowFault | null {
  if (!mayBeInexact.test(text)) return null;
  let found: RowFault | null = null;
  // TypeScript does not know the third argument yet: how the value was written.
  const look = (key: string, value: unknown, { source }: { source?: string } = {}): unknown => {
    if (typeof value === 'number' && source !== undefined && !isKept(value, source)) {
      const shown = source.length > 40 ? `${source.slice(0, 40)}…` : source;
      found ??= {
        column: key,
        what: `the number ${shown} cannot be kept digit by digit`,
        fix: 'Write it as text, in quotes.',
      };
    }
    return value;
  };
  JSON.parse(text, look as (key: string, value: unknown) => unknown);
  return found;
}
