import type {
  Exception,
  ExceptionAct,
  ExceptionDetail,
  ExceptionFilterQuery,
  ExceptionGroup,
  ExceptionTotals,
} from '@waybill/api-contract';
import { exceptionClassSchema } from '@waybill/api-contract';
import { rowAt } from '@waybill/canonical';
import type { Journal } from '@waybill/engine/ports';
import type { Repositories, TaskOrder, TaskRecord } from '@waybill/store';
import type { Actor } from '../auth/actor.ts';
import type { Now } from '../clock.ts';
import type { FlowDirectory } from '../flows/flow-directory.ts';
import type { ExceptionActs } from './exception-acts.ts';
import { failureOf, possibleActs, whyNoAct } from './exception-acts.ts';
import { exceptionFilter } from './exception-filter.ts';
import { groupsOf, totalsOf } from './exception-lines.ts';
import type { FixData } from './fix-data.ts';
import type { RoutingDesk } from './routing-desk.ts';

/** Beyond this many the sums say that they are cut. */
const summedLimit = 20_000;
const shownGroups = 200;
const tableTasksLimit = 500;

export type ExceptionService = ReturnType<typeof exceptionService>;

/** The exception desk: lists, sums and one problem with all that may be done about it. */
export function exceptionService(options: {
  store: Pick<Repositories, 'tasks' | 'exceptions' | 'lookupTables'>;
  journal: Pick<Journal, 'summary'>;
  directory: FlowDirectory;
  acts: ExceptionActs;
  fixData: FixData;
  routing: RoutingDesk;
  now: Now;
}) {
  const { store, directory, acts, fixData, routing, now } = options;

  async function shown(tasks: TaskRecord[]): Promise<Exception[]> {
    const names = await directory.names(tasks.map((task) => task.flowId));
    return tasks.map((task) => lineOf(task, names.get(task.flowId) ?? task.flowId));
  }

  async function lines(query: Partial<ExceptionFilterQuery>, actor: Actor) {
    const at = now();
    const found = await store.exceptions.lines(exceptionFilter(query, actor, at), summedLimit + 1);
    const truncated = found.length > summedLimit;
    const kept = truncated ? found.slice(0, summedLimit) : found;
    const names = await directory.names([...new Set(kept.map((line) => line.flowId))]);
    return { at, lines: kept, truncated, labels: { flow: (id: string) => names.get(id) ?? id } };
  }

  async function detail(task: TaskRecord, actor: Actor): Promise<ExceptionDetail> {
    const [line] = await shown([task]);
    const run = await acts.runOf(task);
    const failure = failureOf(task);
    const whyNot = whyNoAct(task, run, actor);
    // Whoever sees the problem does not thereby see the data of its run.
    const data = whyNot === null && actor.permissions.has('runs.data') ? await fixData(task) : null;
    const siblings =
      task.fingerprint === null
        ? 0
        : await store.tasks.count(exceptionFilter({ fingerprint: task.fingerprint }, actor, now()));
    const { content } = task;
    return {
      ...(line as Exception),
      description: content.description,
      likelyCause: content.exception?.likelyCause ?? null,
      afterFix: content.exception?.afterFix ?? null,
      links: content.exception?.links ?? [],
      facts: content.facts.filter((fact) => !content.maskedFacts?.includes(fact.label)),
      error: content.error ? { code: content.error.code, what: content.error.what, fix: content.error.fix } : null,
      seq: failure?.seq ?? 0,
      run: run && { status: run.status, stepStatus: null },
      siblings: Math.max(0, siblings - (task.status === 'open' ? 1 : 0)),
      acts: whyNot === null ? possibleActs(task, run, data !== null) : [],
      whyNot,
      fields: data?.fields ?? null,
      table: failure?.table ?? null,
      connectionId: failure?.connectionId ?? null,
      history: [
        { at: task.openedAt, byName: 'Waybill', kind: 'opened', text: null },
        ...task.notes.map(({ at, byName, kind, text }) => ({ at, byName, kind, text })),
      ],
    };
  }

  return {
    async list(
      query: ExceptionFilterQuery & { cursor?: string | undefined; limit: number; order: TaskOrder },
      actor: Actor,
    ) {
      const { cursor, limit, order, ...filter } = query;
      const page = await store.tasks.list({ ...exceptionFilter(filter, actor, now()), cursor, limit, order });
      return { items: await shown(page.items), nextCursor: page.nextCursor };
    },

    async groups(query: ExceptionFilterQuery, actor: Actor): Promise<{ groups: ExceptionGroup[]; truncated: boolean }> {
      const { at, lines: found, labels, truncated } = await lines(query, actor);
      const groups = groupsOf(found, at, labels);
      return { groups: groups.slice(0, shownGroups), truncated: truncated || groups.length > shownGroups };
    },

    async totals(query: ExceptionFilterQuery, actor: Actor): Promise<ExceptionTotals> {
      const { at, lines: found, labels, truncated } = await lines(query, actor);
      return totalsOf(found, at, labels, truncated);
    },

    count: async (tag: string | undefined, actor: Actor) => ({
      open: await store.tasks.count(exceptionFilter({ tag }, actor, now())),
    }),

    get: async (id: string, actor: Actor): Promise<ExceptionDetail> => detail(await acts.visible(id, actor), actor),

    async act(id: string, seq: number, act: ExceptionAct, actor: Actor): Promise<ExceptionDetail> {
      return detail(await acts.act(id, seq, act, actor), actor);
    },
    actOnAll: acts.actOnAll,

    /** Open problems that lack a row of this table, and which of them have one now. */
    async readyAfterTable(name: string, actor: Actor): Promise<{ waiting: number; ready: string[] }> {
      const at = now();
      const table = await store.lookupTables.get(name);
      const page = await store.tasks.list({
        ...exceptionFilter({ tag: `table:${name}` }, actor, at),
        limit: tableTasksLimit,
      });
      const ready = page.items.filter((task) => {
        const missing = failureOf(task)?.table;
        return table && missing && rowAt(table.rows, missing.key, at) !== null;
      });
      return { waiting: page.items.length, ready: ready.map((task) => task.id) };
    },

    routing,
  };
}

function lineOf(task: TaskRecord, flowName: string): Exception {
  return {
    id: task.id,
    status: task.status,
    origin: task.origin,
    title: task.content.title,
    class: exceptionClassSchema.catch('defect').parse(task.exceptionClass),
    fingerprint: task.fingerprint ?? task.id,
    subject: task.content.exception?.subject ?? null,
    flowId: task.flowId,
    flowName,
    runId: task.runId,
    step: task.step,
    stepTitle: failureOf(task)?.title ?? task.step,
    businessKey: task.businessKey,
    owners: [...task.groups, ...task.users],
    claimedBy: task.claimedBy,
    priority: task.priority,
    openedAt: task.openedAt,
    dueAt: task.dueAt,
    closedAt: task.closedAt,
    value: task.content.valueAtStake,
  };
}
