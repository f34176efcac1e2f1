import type { Effect, Exception, RunSummaryView, Task } from '@waybill/api-contract';
import { useCallback, useEffect, useRef } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { useApiQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import type { Pages } from '../use-pages.ts';
import { usePages } from '../use-pages.ts';

const pageSize = 50;
/** A storm of news must not become a storm of questions. */
const newsDelayMs = 1_000;
/** More systems than one record is kept in. */
const mostRecords = 50;

const isOpen = ({ status }: { status: string }): boolean => status === 'open';

/** All that is known of a business object, part by part. A part that the reader may not see is not asked for. */
export function useAbout(businessKey: string) {
  const may = useMay();
  const mayRuns = may('runs.read');
  const mayTasks = may('tasks.read');
  const mayCrosswalk = may('crosswalk.read');
  const next = (cursor: string | undefined) => ({ limit: pageSize, ...(cursor ? { cursor } : {}) });

  const runs = usePages<RunSummaryView>(
    ['listRuns', { businessKey }],
    (cursor) => api('listRuns', { query: { businessKey, ...next(cursor) } }),
    mayRuns,
  );
  const effects = usePages<Effect>(
    ['listEffects', { businessKey }],
    (cursor) => api('listEffects', { query: { businessKey, ...next(cursor) } }),
    mayRuns,
  );
  const tasks = usePages<Task>(
    ['listTasks', { about: businessKey }],
    (cursor) => api('listTasks', { query: { businessKey, view: 'all', status: 'any', ...next(cursor) } }),
    mayTasks,
  );
  const exceptions = usePages<Exception>(
    ['listExceptions', { about: businessKey }],
    (cursor) => api('listExceptions', { query: { businessKey, status: 'any', order: 'newest', ...next(cursor) } }),
    mayTasks,
  );
  const runCounts = useApiQuery('countRuns', { query: { businessKey } }, { enabled: mayRuns });
  const effectCounts = useApiQuery('countEffects', { query: { businessKey } }, { enabled: mayRuns });
  const records = useApiQuery(
    'listCrosswalk',
    { query: { id: businessKey, limit: mostRecords } },
    { enabled: mayCrosswalk },
  );

  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(() => () => clearTimeout(timer.current ?? undefined), []);
  /** Tasks and exceptions are read again by the frame whenever one of them changes. */
  const runsChanged = useCallback(() => {
    timer.current ??= setTimeout(() => {
      timer.current = null;
      for (const route of ['listRuns', 'listEffects'])
        void queryClient.invalidateQueries({ queryKey: [route, 'pages', { businessKey }], exact: true });
      for (const route of ['countRuns', 'countEffects', 'listCrosswalk'])
        void queryClient.invalidateQueries({ queryKey: [route] });
    }, newsDelayMs);
  }, [businessKey]);

  return {
    mayRuns,
    /** Lists of the story; null: not for this reader. */
    lists: {
      runs: mayRuns ? runs : null,
      effects: mayRuns ? effects : null,
      tasks: mayTasks ? tasks : null,
      exceptions: mayTasks ? exceptions : null,
    },
    /** As far as they are loaded. An exception is told as such, not once more as a task. */
    openTasks: (mayTasks && tasks.data?.filter((task) => isOpen(task) && task.exceptionClass === null)) || null,
    openExceptions: (mayTasks && exceptions.data?.filter(isOpen)) || null,
    runCounts: mayRuns ? runCounts : null,
    effectCounts: mayRuns ? effectCounts : null,
    records: mayCrosswalk ? records : null,
    runsChanged,
  };
}

export type About = ReturnType<typeof useAbout>;

/** Asked for, and neither there nor failed. */
export const isLoading = (list: Pages<unknown> | null): boolean =>
  list !== null && list.data === undefined && !list.error;
