import type { RouteId } from '@waybill/api-contract';
import { queryClient } from '../api/client.ts';
import { useLiveConnect, useLiveEvent } from '../api/live.ts';
import { paced } from '../api/pacing.ts';
import { refreshExceptions } from '../screens/exceptions/refresh-exceptions.ts';
import { refreshTasks } from '../screens/inbox/refresh-tasks.ts';

/** A storm of news must not become a storm of questions; the first of them shows at once. */
const pauseMs = 250;
/** Sums of all problems cost the server more than a list does. */
const sumsPauseMs = 700;

const refresh = (...routes: RouteId[]) => {
  for (const route of routes) void queryClient.invalidateQueries({ queryKey: [route] });
};
const tasks = paced(() => void refreshTasks(), pauseMs);
const exceptions = paced(() => void refreshExceptions(), sumsPauseMs, sumsPauseMs);
const bulk = paced(() => refresh('listBulk', 'getBulk', 'listBulkItems'), pauseMs);
const files = paced(() => refresh('listFiles'), pauseMs);

/**
 * Reads again what the server says has changed, whichever screen is shown: a list that is opened later is not believed
 * because it is young. Whenever the page is connected, the first time too, news may have been missed before.
 */
export function useLiveNews(): void {
  useLiveEvent('task-changed', () => {
    tasks();
    exceptions();
  });
  useLiveEvent('bulk-changed', bulk);
  useLiveEvent('files-changed', files);
  useLiveConnect(() => {
    for (const read of [tasks, exceptions, bulk, files]) read();
  });
}
