import type { RunSummaryView } from '@waybill/api-contract';
import type { RunSummary } from '@waybill/engine/ports';
import type { Repositories } from '@waybill/store';

/** Names of flows and numbers of versions, for lists of runs and tasks; kept in memory once read. */
export interface FlowDirectory {
  views(summaries: readonly RunSummary[]): Promise<RunSummaryView[]>;
  names(flowIds: readonly string[]): Promise<Map<string, string>>;
  /** A flow was renamed or removed. */
  forget(flowId: string): void;
}

const cacheLimit = 20_000;

async function cached<V>(
  cache: Map<string, V>,
  ids: readonly string[],
  read: (missing: string[]) => Promise<Map<string, V>>,
): Promise<void> {
  const missing = [...new Set(ids)].filter((id) => !cache.has(id));
  if (cache.size + missing.length > cacheLimit) cache.clear();
  for (let at = 0; at < missing.length; at += 200)
    for (const [id, value] of await read(missing.slice(at, at + 200))) cache.set(id, value);
}

export function flowDirectory(
  store: Pick<Repositories, 'flows' | 'flowVersions' | 'users' | 'apiKeys'>,
): FlowDirectory {
  const starterName = new Map<string, string>();
  const nameOf = new Map<string, string>();
  const numberOf = new Map<string, number>();
  async function starters(ids: readonly string[]): Promise<Map<string, string>> {
    const people = await store.users.byIds(ids.filter((id) => id.startsWith('us_')));
    const keys = ids.some((id) => id.startsWith('key:')) ? await store.apiKeys.list() : [];
    return new Map([
      ...people.map((user) => [user.id, user.name] as const),
      ...keys.map((key) => [`key:${key.id}`, key.name] as const),
    ]);
  }
  const isNamed = (starter: string): boolean => starter.startsWith('us_') || starter.startsWith('key:');

  return {
    async views(summaries) {
      await cached(
        nameOf,
        summaries.map((run) => run.flowId),
        store.flows.names,
      );
      await cached(
        numberOf,
        summaries.map((run) => run.versionId),
        store.flowVersions.numbers,
      );
      await cached(starterName, summaries.map((run) => run.startedBy).filter(isNamed), starters);
      return summaries.map((run) => ({
        id: run.runId,
        flowId: run.flowId,
        flowName: nameOf.get(run.flowId) ?? run.flowId,
        versionNumber: numberOf.get(run.versionId) || null,
        status: run.status,
        mode: run.mode,
        startedBy: run.startedBy,
        startedByName: starterName.get(run.startedBy) ?? null,
        acceptedAt: run.acceptedAt,
        updatedAt: run.updatedAt,
        finishedAt: run.finishedAt,
        correlationId: run.correlationId,
        businessKey: run.businessKey,
        parentRunId: run.parentRunId,
        replayRoot: run.replayRoot,
        currentStep: run.currentStep,
        ...(run.alsoAt.length === 0 ? {} : { otherSteps: [...new Set(run.alsoAt.map(({ step }) => step))] }),
        note: run.note,
        errorCode: run.errorCode,
        errorWhat: run.errorWhat,
        seq: run.seq,
      }));
    },
    async names(flowIds) {
      await cached(nameOf, flowIds, store.flows.names);
      return new Map(flowIds.map((id) => [id, nameOf.get(id) ?? id]));
    },
    forget: (flowId) => nameOf.delete(flowId),
  };
}
