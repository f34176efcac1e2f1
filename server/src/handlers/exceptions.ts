import { routed } from '../exceptions/routing-rules.ts';
import type { Some } from '../http/handler.ts';
import type { Platform } from './platform.ts';

export function exceptionHandlers({
  exceptions,
  store,
}: Platform): Some<
  | 'listExceptions'
  | 'groupExceptions'
  | 'sumExceptions'
  | 'countExceptions'
  | 'getException'
  | 'revealException'
  | 'actOnException'
  | 'readyAfterTable'
  | 'getRoutingRules'
  | 'putRoutingRules'
  | 'tryRoutingRules'
> {
  return {
    listExceptions: ({ query, actor }) => exceptions.list(query, actor),
    groupExceptions: ({ query, actor }) => exceptions.groups(query, actor),
    sumExceptions: ({ query, actor }) => exceptions.totals(query, actor),
    countExceptions: ({ query, actor }) => exceptions.count(query.tag, actor),
    getException: ({ params, actor }) => exceptions.get(params.exceptionId, actor),
    revealException: ({ params, body, actor }) => exceptions.reveal(params.exceptionId, body.reason, actor),
    actOnException: ({ params, body, actor }) => exceptions.act(params.exceptionId, body.seq, body.act, actor),
    readyAfterTable: ({ params, actor }) => exceptions.readyAfterTable(params.name, actor),
    getRoutingRules: () => exceptions.routing.rules(),
    putRoutingRules: ({ body, actor }) => exceptions.routing.put(body.rules, body.revision, actor),
    async tryRoutingRules({ body }) {
      const { problem, rules } = body;
      const flow = problem.flowId === null ? null : await store.flows.get(problem.flowId);
      return routed(rules, problem, flow?.draft.settings);
    },
  };
}
