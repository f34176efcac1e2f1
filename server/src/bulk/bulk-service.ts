import type {
  BulkAct,
  BulkItem,
  BulkOperation,
  BulkOutcome,
  BulkOutcomeCounts,
  BulkReplayOptions,
  BulkRetryOptions,
} from '@waybill/api-contract';
import type { Journal, RunFilter } from '@waybill/engine/ports';
import type { JsonObject } from '@waybill/flow-model';
import type { BulkItemRecord, BulkItemStatus, BulkOperationRecord, Repositories } from '@waybill/store';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Actor } from '../auth/actor.ts';
import type { Now } from '../clock.ts';
import { seesAll } from '../exceptions/exception-filter.ts';
import type { FlowDirectory } from '../flows/flow-directory.ts';
import { notAllowed } from '../http/access.ts';
import { HttpProblem, notFound } from '../problem.ts';
import type { RunFilterQuery, RunFilterReader } from '../runs/run-filter.ts';
import { bulkPreview } from './bulk-preview.ts';
import { bulkView } from './bulk-view.ts';
import { newOperation, refuseUnlessAgreed } from './new-operation.ts';
import { bulkOutcomes } from './outcomes.ts';
import { replayWrites } from './replay-run.ts';
import type { NewestParts } from './retry-newest.ts';
import { retryWrites } from './retry-writes.ts';
import { narrowed, runsOf } from './selection.ts';

export interface BulkRequest {
  name: string;
  act: BulkAct;
  replay: BulkReplayOptions;
  retry: BulkRetryOptions;
  filter: RunFilterQuery;
  reason: string;
  perMinute: number;
  startAt?: number | undefined;
  expectedCount: number;
}
export type Steering = {
  to: 'suspend' | 'resume' | 'cancel' | 'pace';
  perMinute?: number | undefined;
  reason?: string | undefined;
};

interface ItemsRequest {
  cursor?: string | undefined;
  limit: number;
  status?: BulkItemStatus | undefined;
  outcome?: BulkOutcome | undefined;
}

/** What is kept with the operation of how its act is done. */
function optionsOf({ act, replay, retry }: Pick<BulkRequest, 'act' | 'replay' | 'retry'>): JsonObject {
  if (act === 'replay') return { ...replay };
  return act === 'retry' ? { ...retry } : {};
}

export type BulkService = ReturnType<typeof bulkService>;

/** Acts on all runs of a filter: shown first, agreed to by count, then carried out by the runner. */
export function bulkService(options: {
  store: Pick<Repositories, 'bulkOperations' | 'tasks'>;
  journal: Journal;
  directory: FlowDirectory;
  replays: NewestParts;
  runFilter: RunFilterReader;
  audit: AuditLog;
  now: Now;
  /** There is something to do. */
  onWork(): void;
  /** Resolves once nothing of this operation is under way that was begun before. */
  settled(operationId: string): Promise<void>;
  onChanged(operation: BulkOperationRecord): void;
}) {
  const { store, journal, directory, replays, runFilter, audit, now, onWork, settled, onChanged } = options;

  const outcomes = bulkOutcomes({ store, journal });

  async function existing(id: string): Promise<BulkOperationRecord> {
    const operation = await store.bulkOperations.get(id);
    if (!operation) throw notFound(`Bulk action ${id}`);
    return operation;
  }

  /** What was done to exceptions is seen by whoever did it and whoever looks after all of them. */
  async function visible(id: string, actor: Actor): Promise<BulkOperationRecord> {
    const operation = await existing(id);
    if (operation.subject === 'exceptions' && operation.createdBy !== actor.id && !seesAll(actor))
      throw notFound(`Bulk action ${id}`);
    return operation;
  }

  /** Writes down every run it is about; from here on the filter may match what it likes. */
  async function gather(operation: BulkOperationRecord, act: BulkAct, filter: RunFilter) {
    let n = 0;
    for await (const runs of runsOf(journal, filter, act)) {
      const items = runs.map(({ runId, flowId, businessKey, status }): BulkItemRecord => {
        n += 1;
        return {
          operationId: operation.id,
          n,
          runId,
          flowId,
          businessKey,
          runStatus: status,
          exceptionId: null,
          seq: null,
          status: 'pending',
          note: null,
          newRunId: null,
          at: null,
        };
      });
      await store.bulkOperations.addItems(items);
    }
    return store.bulkOperations.move(operation.id, ['gathering'], 'waiting', { total: n });
  }

  return {
    async preview({ filter, act, replay, retry }: Pick<BulkRequest, 'filter' | 'act' | 'replay' | 'retry'>) {
      const asked = await runFilter(filter);
      const preview = await bulkPreview({ journal, store, directory }, asked, act);
      const wanted = narrowed(asked, act);
      if (!wanted) return preview;
      if (act === 'retry') return { ...preview, ...(await retryWrites(replays, wanted, retry)) };
      if (act !== 'replay') return preview;
      return { ...preview, ...(await replayWrites(journal, replays, wanted, replay)) };
    },

    async create(request: BulkRequest, actor: Actor): Promise<BulkOperation> {
      const asked = await runFilter(request.filter);
      const filter = narrowed(asked, request.act);
      const preview = await bulkPreview({ journal, store, directory }, asked, request.act);
      if (!filter || preview.count === 0)
        throw new HttpProblem('BULK_EMPTY', {
          detail: `No run of this filter is in a state in which "${request.act}" changes anything.`,
          fix: 'Widen the filter, or choose another act.',
        });
      refuseUnlessAgreed(preview, request.expectedCount, 'runs');
      const about = {
        subject: 'runs',
        act: request.act,
        options: optionsOf(request),
        filter: JSON.parse(JSON.stringify(request.filter)) as JsonObject,
      } as const;
      const operation = newOperation(request, about, actor, now());
      await store.bulkOperations.insert(operation);
      await audit(actor, 'bulk.created', `bulk:${operation.id}`, {
        name: operation.name,
        act: operation.act,
        options: operation.options,
        filter: operation.filter,
        count: preview.count,
        reason: operation.reason,
        perMinute: operation.perMinute,
      });
      const gathered = (await gather(operation, request.act, filter)) ?? (await existing(operation.id));
      onChanged(gathered);
      onWork();
      return bulkView(gathered);
    },

    /**
     * After a start of the server. Operations that it cut off while they were gathered act on nothing; of the others, an item
     * may have been written down that was not counted any more.
     */
    async pickUp(): Promise<void> {
      for (const { id, status } of await store.bulkOperations.open()) {
        if (status === 'gathering')
          await store.bulkOperations.move(id, ['gathering'], 'cancelled', { finishedAt: now() });
        else await store.bulkOperations.recount(id);
      }
    },

    async list(request: { cursor?: string | undefined; limit: number }, actor: Actor) {
      const page = await store.bulkOperations.list({
        ...request,
        ...(seesAll(actor) ? {} : { exceptionsOf: actor.id }),
      });
      return { ...page, items: page.items.map(bulkView) };
    },
    get: async (id: string, actor: Actor) => bulkView(await visible(id, actor)),

    async items(
      id: string,
      { outcome, ...request }: ItemsRequest,
      actor: Actor,
    ): Promise<{ items: BulkItem[]; nextCursor: string | null }> {
      await visible(id, actor);
      const page = await (outcome ? outcomes.pageOf(id, outcome, request) : outcomes.page(id, request));
      const names = await directory.names(page.items.map(({ flowId }) => flowId));
      const items = page.items.map(({ operationId: _operation, seq: _seq, ...item }) => ({
        ...item,
        runStatus: item.runStatus === '' ? null : (item.runStatus as BulkItem['runStatus']),
        flowName: names.get(item.flowId) ?? item.flowId,
      }));
      return { items, nextCursor: page.nextCursor };
    },

    async outcomes(id: string, actor: Actor): Promise<BulkOutcomeCounts> {
      await visible(id, actor);
      return outcomes.count(id);
    },

    async steer(id: string, { to, perMinute, reason }: Steering, actor: Actor): Promise<BulkOperation> {
      const before = await visible(id, actor);
      if (before.subject === 'runs' && !actor.permissions.has('runs.act')) throw notAllowed('runs.act');
      const { bulkOperations } = store;
      const pace = perMinute === undefined ? {} : { perMinute };
      const after =
        to === 'suspend'
          ? await bulkOperations.move(id, ['waiting', 'running'], 'suspended')
          : to === 'resume'
            ? await bulkOperations.move(id, ['suspended'], 'running', pace)
            : to === 'cancel'
              ? await bulkOperations.move(id, ['waiting', 'running', 'suspended'], 'cancelled', { finishedAt: now() })
              : await bulkOperations.move(id, [before.status], before.status, pace);
      if (!after || (to === 'pace' && before.finishedAt !== null))
        throw new HttpProblem('BULK_OVER', {
          detail: `The bulk action is ${before.status}; "${to}" changes nothing any more.`,
          fix: 'Look at it again.',
        });
      // What is being done at this moment is done before the answer says that nothing is.
      await settled(id);
      await audit(actor, `bulk.${to}`, `bulk:${id}`, { reason, perMinute, before: before.status });
      onChanged(after);
      onWork();
      return bulkView(await existing(id));
    },
  };
}
