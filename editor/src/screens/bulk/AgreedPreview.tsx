import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { isShown } from '../../api/queries.ts';
import { ErrorState, SkeletonRows } from '../../ui/States.tsx';

/** What may be agreed to: the preview of what is chosen now; undefined while it is fetched or if that failed. */
export const agreedTo = <T,>(preview: UseQueryResult<T>): T | undefined =>
  isShown(preview) ? preview.data : undefined;

/** Shows a preview that people agree to: never that of another choice, nor an old one after a failure. */
export function AgreedPreview<T>({ of, children }: { of: UseQueryResult<T>; children: (preview: T) => ReactNode }) {
  const shown = agreedTo(of);
  if (of.error) return <ErrorState error={of.error} onRetry={() => void of.refetch()} />;
  return <>{shown === undefined ? <SkeletonRows rows={3} /> : children(shown)}</>;
}
