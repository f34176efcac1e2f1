import { flowIdSchema, runIdSchema } from '@waybill/flow-model';
import type { Some } from '../http/handler.ts';
import { HttpProblem } from '../problem.ts';
import { runFinder } from '../runs/run-finder.ts';
import type { Platform } from './platform.ts';

/** Runs that wait for others of their flow, and letting them go. */
export function orderingHandlers({
  engine,
  journal,
  directory,
  audit,
}: Platform): Some<'listBlockedKeys' | 'getQueuedBehind' | 'releaseKey'> {
  const { summaryOf } = runFinder({ journal, directory });
  return {
    async listBlockedKeys({ query }) {
      const flowId = query.flowId === undefined ? undefined : flowIdSchema.safeParse(query.flowId);
      if (flowId && !flowId.success) return { items: [] };
      const blocked = await engine.blockedKeys(flowId ? { flowId: flowId.data } : {});
      const names = await directory.names(blocked.map((each) => each.flowId));
      return { items: blocked.map((each) => ({ ...each, flowName: names.get(each.flowId) ?? each.flowId })) };
    },

    async getQueuedBehind({ params }) {
      const { runId } = await summaryOf(params.runId);
      return { behind: await engine.queuedBehind(runId) };
    },

    async releaseKey({ body, actor }) {
      const { orderingKey, reason, holder } = body;
      const flowId = flowIdSchema.safeParse(body.flowId);
      const { data } = flowId;
      const before =
        data && (await engine.blockedKeys({ flowId: data })).find((key) => key.orderingKey === orderingKey);
      const runId = holder ? runIdSchema.safeParse(holder.runId) : null;
      const seen = holder && runId?.success ? { ...holder, runId: runId.data } : null;
      const isAsked = data !== undefined && (holder === undefined || seen !== null);
      const release = { orderingKey, holder: seen, by: actor.name, reason };
      const released = isAsked ? await engine.releaseKey({ ...release, flowId: data }) : [];
      if (released.length === 0)
        throw new HttpProblem('KEY_NOT_HELD', {
          detail: `No run of flow ${body.flowId} waits for "${orderingKey}" behind ${holder ? `run ${holder.runId} as it was` : 'another'}; nothing was changed.`,
          fix: 'Reload the list; the next run may have begun meanwhile, or the one before it goes on.',
        });
      const details = { orderingKey, reason, released, because: before?.holder.reason, waiting: before?.waiting };
      await audit(actor, 'ordering.release', `flow:${body.flowId}`, details);
      return { released };
    },
  };
}
