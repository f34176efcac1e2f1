// First page, later pages and counts of the run list with 1,000,000 stored runs, for each filter an operator can set.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunFilter } from '@waybill/engine/ports';
import { openSqliteJournal } from '@waybill/store';
import type { StoredRuns } from './stored-runs.ts';
import { lastAcceptedAt, storeRuns } from './stored-runs.ts';

const hourMs = 3_600_000;
const pageSize = 60;

/** Every filter of the screen, alone where it is hard and in the combinations people use. */
function filters(stored: StoredRuns): Record<string, RunFilter> {
  const flowId = stored.flowId as NonNullable<RunFilter['flowId']>;
  const rareFlowId = stored.rareFlowId as NonNullable<RunFilter['flowId']>;
  const versionIds = [stored.oldVersionId] as NonNullable<RunFilter['versionIds']>;
  const today = { acceptedFrom: lastAcceptedAt - 24 * hourMs };
  return {
    'no filter': {},
    'one status': { statuses: ['failed'] },
    'three statuses': { statuses: ['waiting', 'running', 'in-doubt'] },
    'busy flow': { flowId },
    'rare flow': { flowId: rareFlowId },
    'flow and status': { flowId, statuses: ['failed'] },
    'last 24 hours': today,
    'failed in the last 24 hours': { ...today, statuses: ['failed', 'quarantined', 'in-doubt'] },
    'a week two months ago': {
      acceptedFrom: lastAcceptedAt - 60 * 24 * hourMs,
      acceptedTo: lastAcceptedAt - 53 * 24 * hourMs,
    },
    'live runs only': { mode: 'live' },
    'test runs only': { mode: 'test' },
    'business key': { businessKey: stored.rareKey },
    'common start of business keys': { businessKeyPrefix: stored.commonKeyPrefix },
    'rare start of business keys': { businessKeyPrefix: stored.rareKeyPrefix },
    'text, common': { text: 'run_' },
    'text, old and rare': { text: stored.rareKeyPrefix },
    'text that nothing has': { text: 'zzz' },
    'common start, one status': { businessKeyPrefix: stored.commonKeyPrefix, statuses: ['failed'] },
    'old start that is common': { businessKeyPrefix: 'INV-2025' },
    'error code': { errorCodes: ['CREDENTIAL_EXPIRED'] },
    'error codes in a flow today': { ...today, flowId, errorCodes: ['NODE_TIMEOUT', 'PROVIDER_REFUSED'] },
    'started by a person': { startedBy: 'us_7' },
    'started by schedule': { startedBy: 'schedule' },
    'started by nobody': { startedBy: 'poll' },
    'old version of the busy flow': { flowIds: [flowId], versionIds },
    'parent run': { parentRunId: 'run_nobody' as NonNullable<RunFilter['parentRunId']> },
    'everything at once': {
      ...today,
      flowId,
      statuses: ['failed', 'succeeded'],
      mode: 'live',
      startedBy: 'webhook',
      text: 'D-1',
    },
  };
}

const percentile = (sorted: number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

async function timed<T>(rounds: number, work: () => Promise<T>): Promise<{ p50: number; p95: number; last: T }> {
  const took: number[] = [];
  let last = await work();
  for (let round = 0; round < rounds; round += 1) {
    const started = performance.now();
    last = await work();
    took.push(performance.now() - started);
  }
  took.sort((a, b) => a - b);
  return { p50: percentile(took, 0.5), p95: percentile(took, 0.95), last };
}

export interface RunListRow {
  filter: string;
  pageP50Ms: number;
  pageP95Ms: number;
  countsP50Ms: number;
  countsP95Ms: number;
  found: number;
  /** Pages asked for until 60 runs or the end were found; each of them answers in the time of a page. */
  pages: number;
}

/** @returns one row per filter; p95 over `rounds` after a first, unmeasured one. */
export async function benchRunList(count = 1_000_000, rounds = 20): Promise<RunListRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-run-list-'));
  try {
    const file = join(folder, 'journal.db');
    const stored = await storeRuns(file, count);
    const journal = await openSqliteJournal({ file });
    const rows: RunListRow[] = [];
    for (const [filter, given] of Object.entries(filters(stored))) {
      const page = await timed(rounds, () => journal.list({ filter: given, limit: pageSize }));
      const counts = await timed(rounds, () => journal.counts(given));
      let found = page.last.runs.length;
      let cursor = page.last.nextCursor;
      let pages = 1;
      for (; found < pageSize && cursor !== null; pages += 1) {
        const next = await journal.list({ filter: given, limit: pageSize, cursor });
        found += next.runs.length;
        cursor = next.nextCursor;
      }
      rows.push({
        filter,
        pageP50Ms: page.p50,
        pageP95Ms: page.p95,
        countsP50Ms: counts.p50,
        countsP95Ms: counts.p95,
        found,
        pages,
      });
    }
    await journal.close();
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const [count = '1000000', rounds = '20'] = process.argv.slice(2);
  const rows = await benchRunList(Number(count), Number(rounds));
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  console.log(
    '| filter | page p50 | page p95 | counts p50 | counts p95 | found | pages |\n|---|---|---|---|---|---|---|',
  );
  for (const row of rows)
    console.log(
      `| ${row.filter} | ${ms(row.pageP50Ms)} | ${ms(row.pageP95Ms)} | ${ms(row.countsP50Ms)} | ${ms(row.countsP95Ms)} | ${row.found} | ${row.pages} |`,
    );
}
