import type { FlowLive } from '@waybill/api-contract';
import type { Definitions, Journal } from '@waybill/engine/ports';
import type { FlowId, NodeCatalog } from '@waybill/flow-model';
import type { Now } from '../clock.ts';
import { flowLive } from './flow-live.ts';
import { viewContext } from './view-context.ts';

/** Where the runs of a flow stand, as its live view shows it. */
export type FlowLiveBoard = (flowId: FlowId) => Promise<FlowLive>;

/** Many screens may ask; the journal is asked once in this time, and kept busy for a tenth of the time at most. */
const keptMs = 1_000;
const keptTimesRead = 10;
const failedForMs = 24 * 60 * 60_000;
const keptFlows = 200;

export function flowLiveBoard(options: {
  journal: Pick<Journal, 'standing'>;
  definitions: Pick<Definitions, 'version'>;
  catalog: NodeCatalog;
  now: Now;
}): FlowLiveBoard {
  const { journal, definitions, catalog, now } = options;
  const kept = new Map<FlowId, { live: Promise<FlowLive>; until: number }>();

  /** Of a version's nodes, for runs that stand there since nodes were not kept; of two with the same title the first counts. */
  async function nodesByTitle(versionId: Parameters<Definitions['version']>[0]): Promise<Map<string, string>> {
    const version = await definitions.version(versionId);
    if (!version) return new Map();
    const context = viewContext(version.flow, catalog);
    return new Map(
      Object.keys(version.flow.nodes)
        .reverse()
        .map((nodeId) => [context.title(nodeId), nodeId]),
    );
  }

  async function read(flowId: FlowId, at: number): Promise<FlowLive> {
    const failedSince = at - failedForMs;
    const standing = await journal.standing(flowId, failedSince);
    const titles = new Map<string, Map<string, string>>();
    for (const { versionId, currentNode } of standing)
      if (currentNode === null && !titles.has(versionId)) titles.set(versionId, await nodesByTitle(versionId));
    return { at, failedSince, ...flowLive(standing, (versionId, title) => titles.get(versionId)?.get(title) ?? null) };
  }

  return (flowId) => {
    const at = now();
    const known = kept.get(flowId);
    if (known && at < known.until) return known.live;
    if (kept.size >= keptFlows) kept.clear();
    const fresh = { live: read(flowId, at), until: at + keptMs };
    kept.set(flowId, fresh);
    fresh.live.then(
      () => {
        fresh.until = Math.max(fresh.until, now() + keptTimesRead * (now() - at));
      },
      // A fault is not kept: the next reader asks again.
      () => kept.get(flowId) === fresh && kept.delete(flowId),
    );
    return fresh.live;
  };
}
