import { useVirtualizer } from '@tanstack/react-virtual';
import type { ReactNode, RefObject } from 'react';
import { useEffect } from 'react';
import { classNames } from '../ui/class-names.ts';
import { ErrorState, SkeletonRows } from '../ui/States.tsx';
import type { Pages } from './use-pages.ts';

/** Height of every row, px; as in rows.css. */
export const rowPx = 52;

interface RowListProps<T> {
  label: string;
  pages: Pages<T>;
  /** What is shown of the pages, in order. */
  rows: readonly T[];
  keyOf: (row: T) => string;
  head: ReactNode;
  /** @param top offset in the list, px. */
  line: (row: T, top: number) => ReactNode;
  empty: ReactNode;
  /** Read all pages, not only those that are scrolled to. */
  whole?: boolean;
  scroller: RefObject<HTMLDivElement | null>;
  onScroll?: () => void;
  /** Over the first rows. */
  above?: ReactNode;
}

/** A list of any length on one screen: only the rows in sight are drawn, and pages are read as somebody comes near. */
export function RowList<T>(props: RowListProps<T>) {
  const { label, pages, rows, keyOf, head, line, empty, whole = false, scroller, onScroll, above } = props;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? index : keyOf(row);
    },
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  const { hasMore, loadMore } = pages;
  useEffect(() => {
    if (hasMore && (whole || lastShown >= rows.length - 15)) loadMore();
  }, [lastShown, rows.length, hasMore, loadMore, whole]);
  return (
    <div className={classNames('sheet', 'rows', pages.isPlaceholderData && 'rows--old')}>
      {head}
      {above}
      <div className="rows__body" ref={scroller} onScroll={onScroll}>
        {pages.data === undefined ? (
          pages.error ? (
            <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />
          ) : (
            <SkeletonRows rows={10} />
          )
        ) : rows.length === 0 ? (
          hasMore ? (
            <SkeletonRows rows={4} />
          ) : (
            empty
          )
        ) : (
          <ul aria-label={label} style={{ height: virtual.getTotalSize(), position: 'relative' }}>
            {items.map((item) => {
              const row = rows[item.index];
              return row !== undefined && line(row, item.start);
            })}
          </ul>
        )}
      </div>
      <div className="rows__foot muted" aria-live="polite">
        {pages.data !== undefined && footWords(rows.length, pages)}
      </div>
    </div>
  );
}

function footWords(shown: number, { hasMore, loadingMore }: Pick<Pages<unknown>, 'hasMore' | 'loadingMore'>): string {
  if (loadingMore) return shown === 0 ? 'None among the newest; looking further back…' : 'Reading more…';
  return `${shown.toLocaleString()}${hasMore ? '+' : ''} shown`;
}
