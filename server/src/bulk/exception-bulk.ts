import type { BulkOperation, ExceptionAct, ExceptionBulkPreview } from '@waybill/api-contract';
import { bulkLimit } from '@waybill/api-contract';
import type { JsonObject } from '@waybill/flow-model';
import type { BulkItemRecord, BulkOperationRecord, Repositories } from '@waybill/store';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Actor } from '../auth/actor.ts';
import type { Now } from '../clock.ts';
import { seqOf } from '../exceptions/exception-rules.ts';
import type { ExceptionSelection } from '../exceptions/exception-selection.ts';
import type { ExceptionService } from '../exceptions/exception-service.ts';
import { HttpProblem } from '../problem.ts';
import { sumsOf } from './bulk-preview.ts';
import { bulkView } from './bulk-view.ts';
import { newOperation, refuseUnlessAgreed } from './new-operation.ts';

export interface ExceptionBulkRequest extends ExceptionSelection {
  act: ExceptionAct;
  name: string;
  reason: string;
  perMinute: number;
  startAt?: number | undefined;
  expectedCount: number;
}

export type ExceptionBulk = ReturnType<typeof exceptionBulk>;

const sampleSize = 8;
/** Asking of more whether they can be acted on would keep the person waiting. */
const lookedAt = 25;

/** The reason of the operation is the reason of each act that has none of its own. Pure. */
function withReason(act: ExceptionAct, reason: string): ExceptionAct {
  if (act.act === 'decide') return { ...act, comment: act.comment ?? reason };
  return { ...act, reason: act.reason ?? reason };
}

/** Acts on all open exceptions of a filter: shown first, agreed to by count, then carried out by the runner. */
export function exceptionBulk(options: {
  store: Pick<Repositories, 'bulkOperations'>;
  exceptions: Pick<ExceptionService, 'selected' | 'views' | 'refusalOf'>;
  audit: AuditLog;
  now: Now;
  /** There is something to do. */
  onWork(): void;
  onChanged(operation: BulkOperationRecord): void;
}) {
  const { store, exceptions, audit, now, onWork, onChanged } = options;

  async function gather(operation: BulkOperationRecord, selection: ExceptionSelection, actor: Actor) {
    let n = 0;
    for await (const tasks of exceptions.selected(selection, actor)) {
      const items = tasks.slice(0, bulkLimit - n).map((task): BulkItemRecord => {
        n += 1;
        return {
          operationId: operation.id,
          n,
          runId: task.runId,
          flowId: task.flowId,
          businessKey: task.businessKey,
          runStatus: '',
          exceptionId: task.id,
          seq: seqOf(task),
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

  async function preview(
    { act, ...selection }: ExceptionSelection & { act: ExceptionAct },
    actor: Actor,
  ): Promise<ExceptionBulkPreview> {
    const found: ExceptionBulkPreview = {
      count: 0,
      isMore: false,
      sample: [],
      value: [],
      lookedAt: 0,
      refused: 0,
      whyNot: null,
    };
    const values: { amount: number | null; currency: string | null }[] = [];
    for await (const tasks of exceptions.selected(selection, actor)) {
      if (found.count === 0) found.sample = await exceptions.views(tasks.slice(0, sampleSize));
      for (const task of tasks.slice(0, lookedAt - found.lookedAt)) {
        found.lookedAt += 1;
        const why = await exceptions.refusalOf(task, act, actor);
        if (why === null) continue;
        found.refused += 1;
        found.whyNot ??= why;
      }
      found.count += tasks.length;
      values.push(...tasks.map(({ amount, currency }) => ({ amount, currency })));
    }
    return {
      ...found,
      count: Math.min(found.count, bulkLimit),
      isMore: found.count > bulkLimit,
      value: sumsOf(values),
    };
  }

  return {
    preview,

    async create({ act, filter, rowsOf, ...request }: ExceptionBulkRequest, actor: Actor): Promise<BulkOperation> {
      const { count, isMore } = await preview({ act, filter, rowsOf }, actor);
      if (count === 0)
        throw new HttpProblem('BULK_EMPTY', {
          detail: 'No open exception matches any more.',
          fix: 'Look at the list again; they may have been resolved meanwhile.',
        });
      refuseUnlessAgreed({ count, isMore }, request.expectedCount, 'exceptions');
      const selection = JSON.parse(JSON.stringify({ filter, rowsOf })) as JsonObject;
      const options = { act: JSON.parse(JSON.stringify(withReason(act, request.reason))) as JsonObject };
      const about = { subject: 'exceptions', act: act.act, options, filter: selection } as const;
      const operation = newOperation(request, about, actor, now());
      await store.bulkOperations.insert(operation);
      await audit(actor, 'bulk.created', `bulk:${operation.id}`, {
        name: operation.name,
        act: operation.act,
        exceptions: selection,
        count,
        reason: operation.reason,
        perMinute: operation.perMinute,
      });
      const gathered = (await gather(operation, { filter, rowsOf }, actor)) ?? operation;
      onChanged(gathered);
      onWork();
      return bulkView(gathered);
    },
  };
}
