import type { LucideIcon } from 'lucide-react';
import { Inbox, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { wordsOf } from '../api/problem-words.ts';
import { Button } from './Button.tsx';
import { RunNames } from './RunNames.tsx';

interface EmptyStateProps {
  icon?: LucideIcon;
  title: string;
  /** What to do about it. */
  children?: ReactNode;
  actions?: ReactNode;
}

export function EmptyState({ icon: Icon = Inbox, title, children, actions }: EmptyStateProps) {
  return (
    <div className="state">
      <span className="state__icon">
        <Icon size={22} aria-hidden />
      </span>
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {actions && <div className="state__actions">{actions}</div>}
    </div>
  );
}

export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { what, fix } = wordsOf(error);
  return (
    <div className="state state--error" role="alert">
      <span className="state__icon">
        <TriangleAlert size={22} aria-hidden />
      </span>
      <h2>
        <RunNames message={what} />
      </h2>
      <p>
        <RunNames message={fix} />
      </p>
      {onRetry && (
        <div className="state__actions">
          <Button onClick={onRetry}>Try again</Button>
        </div>
      )}
    </div>
  );
}

export function Skeleton({ width = '100%', height = 14 }: { width?: number | string; height?: number }) {
  return <span className="skeleton" style={{ width, height }} aria-hidden />;
}

export function SkeletonRows({ rows = 6 }: { rows?: number }) {
  return (
    <div className="skeleton-rows" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => `row-${row}`).map((row, index) => (
        <Skeleton key={row} width={`${88 - ((index * 17) % 40)}%`} />
      ))}
    </div>
  );
}

interface ListStateProps<T> {
  query: { data: T | undefined; error: unknown; refetch: () => Promise<unknown> };
  isEmpty: (data: T) => boolean;
  empty: ReactNode;
  loading?: ReactNode;
  children: (data: T) => ReactNode;
}

/** The four states every list has: loading, failed, empty, full. Old data stays on screen while new is fetched. */
export function ListState<T>({ query, isEmpty, empty, loading, children }: ListStateProps<T>) {
  if (query.data !== undefined) return <>{isEmpty(query.data) ? empty : children(query.data)}</>;
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return <>{loading ?? <SkeletonRows />}</>;
}
