import type {
  Exception,
  ExceptionAct,
  ExceptionDetail,
  ExceptionFilterQuery,
  ExceptionGroup,
  ExceptionTotals,
} from '@waybill/api-contract';
import { exceptionActNames, exceptionClassSchema } from '@waybill/api-contract';
import type { Journal } from '@waybill/engine/ports';
import type { Repositories, TaskRecord } from '@waybill/store';
import { decodeCursor, encodeCursor } from '@waybill/store';
import type { Actor } from '../auth/actor.ts';
import type { Now } from '../clock.ts';
import type { FlowDirectory } from '../flows/flow-directory.ts';
import { hiddenFacts, shownException, shownFacts, wordsOf } from '../tasks/masked-facts.ts';
import { decisionNotes, roundOf } from '../tasks/task-rounds.ts';
import type { ExceptionActs } from './exception-acts.ts';
import type { ExceptionListQuery } from './exception-filter.ts';
import { exceptionFilter } from './exception-filter.ts';
import type { ExceptionIndex } from './exception-index.ts';
import type { CausePlace } from './exception-lines.ts';
import { causePage, causesOf, totalsOf } from './exception-lines.ts';
import { failureOf, possibleActs, seqOf, whyNoAct } from './exception-rules.ts';
import type { ExceptionSelection } from './exception-selection.ts';
import { selectedExceptions } from './exception-selection.ts';
import { failedAgainCount } from './failed-again.ts';
import type { FixData } from './fix-data.ts';
import type { LineOrder } from './line-page.ts';
import { linePage } from './line-page.ts';
import type { RoutingDesk } from './routing-desk.ts';

/** Of closed ones no more than these, the oldest, are summed up; the sums say so. */
const closedSummed = 20_000;

export type ExceptionService = ReturnType<typeof exceptionService>;

/** The exception desk: lists, sums and one problem with all that may be done about it. */
export function exceptionService(options: {
  store: Pick<Repositories, 'tasks' | 'exceptions' | 'lookupTables'>;
  journal: Pick<Journal, 'summary'>;
  index: ExceptionIndex;
  directory: FlowDirectory;
  acts: ExceptionActs;
  fixData: FixData;
  routing: RoutingDesk;
  now: Now;
}) {
  const { store, index, directory, acts, fixData, routing, now } = options;

  async function shown(tasks: TaskRecord[]): Promise<Exception[]> {
    const names = await directory.names(tasks.map((task) => task.flowId));
    return tasks.map((task) => lineOf(task, names.get(task.flowId) ?? task.flowId));
  }

  async function lines(query: Partial<ExceptionFilterQuery>, actor: Actor) {
    const at = now();
    const filter = exceptionFilter(query, actor, at);
    const isOpen = filter.status === 'open';
    const found = isOpen ? await index.lines(filter) : await store.exceptions.lines(filter, closedSummed + 1);
    const truncated = !isOpen && found.length > closedSummed;
    const kept = truncated ? found.slice(0, closedSummed) : found;
    const names = await directory.names([...new Set(kept.map((line) => line.flowId))]);
    return { at, lines: kept, truncated, labels: { flow: (id: string) => names.get(id) ?? id } };
  }

  async function detail(task: TaskRecord, actor: Actor): Promise<ExceptionDetail> {
    const [line] = await shown([task]);
    const run = await acts.runOf(task);
    const failure = failureOf(task);
    const repeat = await acts.repeatOf(run);
    const whyNot = whyNoAct(task, run, actor, repeat);
    const data = whyNot === null ? await fixData(task, actor) : null;
    const siblings =
      task.fingerprint === null
        ? 0
        : (await index.lines(exceptionFilter({ fingerprint: task.fingerprint }, actor, now()))).length;
    const { content } = task;
    const said = shownException(content);
    return {
      ...(line as Exception),
      description: wordsOf(content.description, content),
      likelyCause: said?.likelyCause ?? null,
      afterFix: said?.afterFix ?? null,
      links: said?.links ?? [],
      facts: shownFacts(content),
      mayReveal:
        actor.permissions.has('data.reveal') &&
        (hiddenFacts(content).length > 0 || (data?.fields.some((field) => field.masked) ?? false)),
      error: content.error ? { code: content.error.code, what: content.error.what, fix: content.error.fix } : null,
      seq: seqOf(task),
      run: run && { status: run.status, stepStatus: null },
      siblings: Math.max(0, siblings - (task.status === 'open' ? 1 : 0)),
      acts: whyNot === null ? possibleActs(task, run, data !== null, repeat) : [],
      whyNot,
      fields: data?.fields ?? null,
      table: failure?.table ? { name: failure.table.name, key: failure.table.shown ?? failure.table.key } : null,
      connectionId: failure?.connectionId ?? null,
      history: [{ at: task.openedAt, byName: 'Waybill', kind: 'opened', text: null }, ...happenedTo(task)],
    };
  }

  return {
    async list(
      query: ExceptionListQuery & { cursor?: string | undefined; limit: number; order: LineOrder },
      actor: Actor,
    ) {
      const { cursor, limit, order, ...filter } = query;
      const asked = exceptionFilter(filter, actor, now());
      if (asked.status !== 'open') {
        const page = await store.tasks.list({ ...asked, cursor, limit, order });
        return { items: await shown(page.items), nextCursor: page.nextCursor };
      }
      const { ids, nextCursor } = linePage(await index.lines(asked), order, cursor, limit);
      const found = new Map((await store.tasks.byIds(ids)).map((task) => [task.id, task]));
      return { items: await shown(ids.flatMap((id) => found.get(id) ?? [])), nextCursor };
    },

    async groups(
      { cursor, limit, ...query }: ExceptionFilterQuery & { cursor?: string | undefined; limit: number },
      actor: Actor,
    ): Promise<{ items: ExceptionGroup[]; nextCursor: string | null; truncated: boolean }> {
      const { at, lines: found, labels, truncated } = await lines(query, actor);
      const { page, next } = causePage(causesOf(found, at, labels), placeOf(cursor), limit);
      const samples = await store.tasks.byIds(page.map((one) => one.sampleId));
      const contents = new Map(samples.map(({ id, content }) => [id, content]));
      const items = page.map((one): ExceptionGroup => {
        const { title = one.fingerprint, description = '' } = contents.get(one.sampleId) ?? {};
        const words = contents.get(one.sampleId);
        const shownText = (text: string) => (words ? wordsOf(text, words) : text);
        return { ...one, title: shownText(title), what: shownText(description) };
      });
      const nextCursor = next && encodeCursor([`${next.count} ${next.oldestAt}`, next.fingerprint]);
      return { items, nextCursor, truncated };
    },

    async totals(query: ExceptionFilterQuery, actor: Actor): Promise<ExceptionTotals> {
      const { at, lines: found, labels, truncated } = await lines(query, actor);
      return totalsOf(found, at, labels, truncated);
    },

    count: async (tag: string | undefined, actor: Actor) => ({
      open: (await index.lines(exceptionFilter({ tag }, actor, now()))).length,
    }),

    get: async (id: string, actor: Actor): Promise<ExceptionDetail> => detail(await acts.visible(id, actor), actor),

    async act(id: string, seq: number, act: ExceptionAct, actor: Actor): Promise<ExceptionDetail> {
      return detail(await acts.act(id, seq, act, actor), actor);
    },
    reveal: acts.reveal,
    refusalOf: acts.refusalOf,

    views: shown,
    /** Batches of what an act on many would be about, oldest first. */
    selected: (selection: ExceptionSelection, actor: Actor) =>
      selectedExceptions({ index, store, now }, selection, actor),

    /** Open problems that lack a row of this table, and how many of them have one now. */
    async readyAfterTable(name: string, actor: Actor): Promise<{ waiting: number; ready: number }> {
      const waiting = await index.lines(exceptionFilter({ tag: `table:${name}` }, actor, now()));
      let ready = 0;
      const selection = { filter: {}, rowsOf: name };
      for await (const tasks of selectedExceptions({ index, store, now }, selection, actor)) ready += tasks.length;
      return { waiting: waiting.length, ready };
    },

    routing,
  };
}

function placeOf(cursor: string | undefined): CausePlace | null {
  if (cursor === undefined) return null;
  const [sorted, fingerprint] = decodeCursor(cursor);
  const [count = 0, oldestAt = 0] = String(sorted).split(' ').map(Number);
  return { count, oldestAt, fingerprint };
}

/** What was done to get rid of a problem; the rest of its history is how it was handled meanwhile. */
const endings: ReadonlySet<string> = new Set([...exceptionActNames, 'decided', 'auto-resolved']);

const happenedTo = (task: TaskRecord): ExceptionDetail['history'] =>
  [...task.notes, ...(failureOf(task) ? [] : decisionNotes(task))].map(({ at, byName, kind, text }) => ({
    ...{ at, byName, kind, text: text && wordsOf(text, task.content) },
  }));

function lineOf(task: TaskRecord, flowName: string): Exception {
  return {
    id: task.id,
    status: task.status,
    origin: task.origin,
    title: wordsOf(task.content.title, task.content),
    class: exceptionClassSchema.catch('defect').parse(task.exceptionClass),
    fingerprint: task.fingerprint ?? task.id,
    subject: shownException(task.content)?.subject ?? null,
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
    round: roundOf(task) + failedAgainCount(task),
    done: happenedTo(task).filter(({ kind }) => endings.has(kind)),
  };
}
