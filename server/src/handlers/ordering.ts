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
      const runId = runIdSchema.safeParse(holder.runId);
      const asked = data && runId.success ? { flowId: data, holder: { ...holder, runId: runId.data } } : null;
      const released = asked ? await engine.releaseKey({ ...asked, orderingKey, by: actor.name, reason }) : [];
      if (released.length === 0)
        throw new HttpProblem('KEY_NOT_HELD', {
          detail: `No run of flow ${body.flowId} waits for "${orderingKey}" behind run ${holder.runId} as it was; nothing was changed.`,
          fix: 'Reload the list; the next run may have begun meanwhile, or the one before it goes on.',
        });
      const details = { orderingKey, reason, released, because: before?.holder.reason, waiting: before?.waiting };
      await audit(actor, 'ordering.release', `flow:${body.flowId}`, details);
      return { released };
    },
  };
}
