import type { RunSummaryView } from '@waybill/api-contract';
import type { RunStatus } from './run-filter.ts';

/** News on top of the pages that were read: newest state per run, and runs held back while the reader is scrolled. */
export interface RunNews {
  readonly latest: ReadonlyMap<string, RunSummaryView>;
  readonly held: ReadonlySet<string>;
}

export const noNews: RunNews = { latest: new Map(), held: new Set() };

/** More changed runs than this, and reading the list again is cheaper than keeping the news. */
export const NEWS_LIMIT = 500;

/**
 * Takes in runs that changed. Pure.
 * @param atTop the reader sees the newest row: new rows may appear. Otherwise they are held back and only counted.
 */
export function addNews(
  news: RunNews,
  changed: readonly RunSummaryView[],
  context: { base: readonly RunSummaryView[]; statuses: readonly RunStatus[]; atTop: boolean },
): RunNews {
  const latest = new Map(news.latest);
  const held = new Set(news.held);
  const inBase = new Set(context.base.map((run) => run.id));
  for (const run of changed) {
    const known = latest.get(run.id);
    if (known && known.seq > run.seq) continue;
    if (!known && !inBase.has(run.id) && !context.atTop && fits(run, context.statuses)) held.add(run.id);
    latest.set(run.id, run);
  }
  return { latest, held };
}

/** The news without what the list had heard before it was read again; what came while it was read stays. Pure. */
export function newsSince(news: RunNews, before: RunNews): RunNews {
  const latest = new Map([...news.latest].filter(([id, run]) => before.latest.get(id) !== run));
  return { latest, held: new Set([...news.held].filter((id) => latest.has(id))) };
}

/** Shows what was held back. Pure. */
export const releaseHeld = (news: RunNews): RunNews => (news.held.size === 0 ? news : { ...news, held: new Set() });

const fits = (run: RunSummaryView, statuses: readonly RunStatus[]): boolean =>
  statuses.length === 0 || statuses.includes(run.status);

const newestFirst = (a: RunSummaryView, b: RunSummaryView): number =>
  b.acceptedAt - a.acceptedAt || (a.id < b.id ? 1 : -1);

/**
 * The rows to draw: pages with the news applied, newest first. Pure.
 * A run the news made known but whose place is on a page not read yet stays out until that page is read.
 */
export function shownRuns(
  base: readonly RunSummaryView[],
  news: RunNews,
  options: { statuses: readonly RunStatus[]; hasMore: boolean },
): RunSummaryView[] {
  if (news.latest.size === 0) return base as RunSummaryView[];
  const rows = new Map(base.map((run) => [run.id, run]));
  const oldestRead = base.at(-1);
  for (const [id, run] of news.latest) {
    const known = rows.get(id);
    if (known) {
      if (known.seq <= run.seq) rows.set(id, run);
    } else if (!news.held.has(id) && (!options.hasMore || !oldestRead || newestFirst(run, oldestRead) < 0)) {
      rows.set(id, run);
    }
  }
  return [...rows.values()].filter((run) => fits(run, options.statuses)).sort(newestFirst);
}

/** How many rows wait above. Pure. */
export function heldCount(news: RunNews, statuses: readonly RunStatus[]): number {
  let count = 0;
  for (const id of news.held) {
    const run = news.latest.get(id);
    if (run && fits(run, statuses)) count += 1;
  }
  return count;
}
