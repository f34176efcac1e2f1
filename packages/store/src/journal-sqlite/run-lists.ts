import type { Journal, RunCounts, RunFilter } from '@waybill/engine/ports';
import { mergedStanding } from '@waybill/engine/ports';
import type { FlowVersionId } from '@waybill/flow-model';
import type { PrefixRange } from './run-path.ts';
import { countsPath, listPath, prefixRanges } from './run-path.ts';
import {
  countStatements,
  countsOf,
  cursorOf,
  GATHER_LIMIT,
  gatheredCounts,
  gatheredList,
  listStatement,
  placeOf,
  rangeSizes,
  reachOf,
  reachStatements,
  standingStatement,
  withoutTests,
} from './run-query.ts';
import type { RunRow, Stand } from './run-row.ts';
import { summaryOfRow } from './run-row.ts';
import type { ThreadReader } from './thread-reader.ts';

/** Lists and counts of runs, each bounded in what it reads, however many runs are stored. */
export function runLists(reader: Pick<ThreadReader, 'queryAll'>): Pick<Journal, 'list' | 'counts' | 'standing'> {
  const one = async (statement: Parameters<ThreadReader['queryAll']>[0][number]): Promise<RunRow[]> =>
    (await reader.queryAll([statement]))[0] ?? [];

  /** The ranges of the filter's prefix if they hold few enough runs to be sorted. */
  async function smallRanges(filter: RunFilter): Promise<PrefixRange[] | null> {
    // A leg by the key itself is better than any range.
    const { businessKey, parentRunId, replayRoot } = filter;
    if (businessKey !== undefined || parentRunId !== undefined || replayRoot !== undefined) return null;
    const ranges = prefixRanges(filter);
    if (ranges === null) return null;
    const sizes = await reader.queryAll(rangeSizes(ranges));
    return sizes.every(([row]) => Number(row?.['runs']) <= GATHER_LIMIT) ? ranges : null;
  }

  async function counted(filter: RunFilter): Promise<RunCounts> {
    const path = countsPath(filter);
    return countsOf(path, await reader.queryAll(countStatements(path)));
  }

  return {
    async list(query) {
      const after = placeOf(query.cursor);
      const ranges = await smallRanges(query.filter);
      const path = listPath(query.filter);
      const reach = ranges ? null : reachOf(await reader.queryAll(reachStatements(path, after)));
      const rows = await one(
        ranges ? gatheredList(ranges, query, after) : listStatement(path, query.limit, after, reach),
      );
      const runs = rows.slice(0, query.limit).map(summaryOfRow);
      const last = runs.at(-1);
      if (rows.length > query.limit && last) return { runs, nextCursor: cursorOf([last.acceptedAt, last.runId]) };
      return { runs, nextCursor: reach && cursorOf(reach) };
    },

    async counts(filter) {
      const ranges = await smallRanges(filter);
      if (ranges) {
        const rows = await one(gatheredCounts(ranges, filter));
        return { counts: Object.fromEntries(rows.map((row) => [row['status'], row['runs']])), atLeast: [] };
      }
      const { mode, ...anyMode } = filter;
      if (mode !== 'live' || countsPath(anyMode).rest.length > 0) return counted(filter);
      const [all, tests] = await Promise.all([counted(anyMode), counted({ ...anyMode, mode: 'test' })]);
      return tests.atLeast.length === 0 ? withoutTests(all, tests) : counted(filter);
    },

    async standing(flowId, failedFrom) {
      const rows = await one(standingStatement(flowId, failedFrom));
      const groups = rows.map((row) => {
        const [status, currentNode, currentStep, note, waits] = JSON.parse(String(row['stands_at'])) as Stand;
        const versionId = row['version_id'] as FlowVersionId;
        const runs = Number(row['runs']);
        const oldestAt = Number(row['oldest_at']);
        return { versionId, status, currentNode, currentStep, note, runs, waits: waits * runs, oldestAt };
      });
      return mergedStanding(groups);
    },
  };
}
