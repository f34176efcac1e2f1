import type { UseInfiniteQueryResult } from '@tanstack/react-query';
import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';

interface PageOf<T> {
  items: T[];
  nextCursor: string | null;
}

export interface Pages<T> {
  /** All loaded items, or undefined before the first page. */
  data: T[] | undefined;
  error: unknown;
  isPending: boolean;
  isPlaceholderData: boolean;
  hasMore: boolean;
  loadingMore: boolean;
  loadMore: () => void;
  /** Reads what is shown again, once more if it is being read already. */
  refetch: () => Promise<void>;
}

/** A list that is read page by page, by cursor. The first part of `key` is the route, so that mutations can refresh it. */
export function usePages<T>(
  key: readonly unknown[],
  fetchPage: (cursor: string | undefined) => Promise<PageOf<T>>,
  enabled = true,
): Pages<T> {
  const client = useQueryClient();
  const queryKey = [key[0], 'pages', ...key.slice(1)];
  const query: UseInfiniteQueryResult<{ pages: PageOf<T>[] }> = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => fetchPage(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: PageOf<T>) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    enabled,
  });
  const items = useMemo(() => query.data?.pages.flatMap((page) => page.items), [query.data]);
  return {
    data: items,
    error: query.error,
    isPending: query.isPending,
    isPlaceholderData: query.isPlaceholderData,
    hasMore: query.hasNextPage,
    loadingMore: query.isFetchingNextPage,
    loadMore: () => {
      if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
    },
    refetch: () => client.invalidateQueries({ queryKey, exact: true }),
  };
}
