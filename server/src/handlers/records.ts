import { overlaps } from '@waybill/canonical';
import { subjectNamer } from '../audit/subject-names.ts';
import type { Some } from '../http/handler.ts';
import { HttpProblem, notFound } from '../problem.ts';
import type { Platform } from './platform.ts';

type Rows = { validFrom: string | null; validTo: string | null; values: Record<string, unknown> }[];

/** Everything wrong with a lookup table. */
function tableFaults(table: { keyColumns: string[]; columns: string[]; rows: Rows }) {
  const columns = new Set(table.columns);
  const strayKeys = table.keyColumns
    .filter((name) => !columns.has(name))
    .map((name) => ({
      path: 'keyColumns',
      what: `"${name}" is no column.`,
      fix: 'Add the column, or take another key.',
    }));
  const rowFaults = table.rows.flatMap((row, index) => {
    const path = `rows.${index}`;
    const moments = [row.validFrom, row.validTo].filter((text) => text !== null);
    const stray = Object.keys(row.values).find((name) => !columns.has(name));
    return [
      ...(stray === undefined
        ? []
        : [{ path, what: `"${stray}" is no column.`, fix: 'Add the column, or drop the value.' }]),
      ...moments
        .filter((text) => !Number.isFinite(Date.parse(text)))
        .map((text) => ({ path, what: `"${text}" is no date.`, fix: 'Write it as 2026-11-20.' })),
    ];
  });
  return [...strayKeys, ...rowFaults].slice(0, 50);
}

export function recordHandlers(
  platform: Platform,
): Some<'listTables' | 'getTable' | 'putTable' | 'listCrosswalk' | 'listAudit' | 'verifyAudit' | 'system'> {
  const { store, audit, now, engine, config } = platform;
  const subjectNames = subjectNamer(platform);

  async function existingTable(name: string) {
    const table = await store.lookupTables.get(name);
    if (!table) throw notFound(`Table ${name}`);
    const { rowCount: _count, ...rest } = table;
    return rest;
  }

  return {
    listTables: async () => ({ items: await store.lookupTables.list() }),
    getTable: ({ params }) => existingTable(params.name),

    async putTable({ params, body, actor }) {
      const problems = tableFaults(body);
      const clash = problems.length === 0 ? overlaps(body.rows, body.keyColumns)[0] : undefined;
      if (clash)
        problems.push({
          path: 'rows',
          what: `Two rows for ${JSON.stringify(clash[0].values)} are valid at the same time.`,
          fix: 'End one of them before the other begins.',
        });
      if (problems.length > 0)
        throw new HttpProblem('TABLE_INVALID', {
          detail: `The table has ${problems.length} problem(s).`,
          fix: 'Correct what is listed under "problems".',
          problems,
        });
      const before = await store.lookupTables.get(params.name);
      const { revision, ...table } = body;
      const changed = { name: params.name, ...table, updatedAt: now(), updatedBy: actor.name };
      if (!(await store.lookupTables.put(changed, revision)))
        throw new HttpProblem('TABLE_CHANGED', {
          detail: before
            ? `${before.updatedBy} changed the table at ${new Date(before.updatedAt).toISOString()}; it is at revision ${before.revision} now.`
            : 'The table does not exist (any more).',
          fix: 'Reload it and make your change again; nothing was overwritten.',
        });
      const old = new Set(before?.rows.map((row) => JSON.stringify(row)));
      const fresh = new Set(body.rows.map((row) => JSON.stringify(row)));
      await audit(actor, before ? 'table.changed' : 'table.created', `table:${params.name}`, {
        revision: revision + 1,
        added: [...fresh].filter((row) => !old.has(row)).slice(0, 50),
        removed: [...old].filter((row) => !fresh.has(row)).slice(0, 50),
      });
      return existingTable(params.name);
    },

    listCrosswalk: ({ query }) => store.crosswalk.list(query),

    async listAudit({ query }) {
      const page = await store.audit.list(query);
      return {
        items: await Promise.all(
          page.items.map(async ({ previousHash: _previous, ...entry }) => ({
            ...entry,
            subjectName: await subjectNames(entry.subject),
          })),
        ),
        nextCursor: page.nextCursor,
      };
    },
    verifyAudit: () => store.audit.verify(),

    async system({ actor }) {
      const { activeRuns, stepsUnderWay } = engine.stats();
      const detailed = actor.permissions.has('system.read');
      return {
        version: platform.version,
        startedAt: platform.startedAt,
        store: config.mongodbUri === null ? 'embedded SQLite' : 'MongoDB',
        activeRuns,
        stepsUnderWay,
        runners: detailed ? platform.runners() : [],
        simulators: platform.simulators(),
      };
    },
  };
}
