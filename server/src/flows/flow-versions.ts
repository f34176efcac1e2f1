import type { VersionSummary } from '@waybill/api-contract';
import type { Flow, JsonValue, NodeCatalog } from '@waybill/flow-model';
import { diffFlows, flowIdSchema, summariseDiff } from '@waybill/flow-model';
import type { FlowRecord, FlowVersionHeader, Repositories } from '@waybill/store';
import { testVersionId } from '@waybill/store';
import type { Actor } from '../auth/actor.ts';
import type { Now } from '../clock.ts';
import { HttpProblem, notFound } from '../problem.ts';
import type { FlowChecks } from './flow-checks.ts';
import type { CutRequest } from './flow-cut.ts';
import { cutFlow } from './flow-cut.ts';
import { testHash } from './flow-hash.ts';

interface FlowVersionsOptions {
  store: Pick<Repositories, 'flowVersions'>;
  catalog: NodeCatalog;
  now: Now;
  /** @throws {HttpProblem} NOT_FOUND */
  existing(flowId: string): Promise<FlowRecord>;
  refuseErrors: FlowChecks['refuseErrors'];
}

/** The version a test run is pinned to. `triggerNode` is set when only one start leads to the part that runs. */
interface TestVersion {
  versionId: string;
  flow: Flow;
  triggerNode: string | null;
}

export const versionSummary = (version: FlowVersionHeader, current: number | null): VersionSummary => ({
  id: version.id,
  flowId: flowIdSchema.parse(version.flowId),
  number: version.number,
  note: version.note,
  publishedAt: version.publishedAt,
  publishedBy: version.publishedBy,
  current: version.number === current,
});

/** What was published or tested of a flow; versions never change. */
export function flowVersions({ store, catalog, now, existing, refuseErrors }: FlowVersionsOptions) {
  async function versionFlow(flowId: string, which: string): Promise<Flow> {
    const record = await existing(flowId);
    if (which === 'draft') return record.draft;
    const version = await store.flowVersions.byNumber(flowId, Number(which));
    if (!version) throw notFound(`Version ${which} of flow ${flowId}`);
    return version.flow;
  }

  return {
    versionFlow,

    async list(flowId: string): Promise<VersionSummary[]> {
      const record = await existing(flowId);
      return (await store.flowVersions.list(flowId)).map((version) => versionSummary(version, record.publishedVersion));
    },

    async one(flowId: string, number: number) {
      const record = await existing(flowId);
      const version = await store.flowVersions.byNumber(flowId, number);
      if (!version) throw notFound(`Version ${number} of flow ${flowId}`);
      return { version: versionSummary(version, record.publishedVersion), flow: version.flow };
    },

    /** Pins the draft as it is now, or a part of it, for a test run. @throws {HttpProblem} FLOW_INVALID, STEP_NOT_REACHED */
    async test(flowId: string, cut: CutRequest | null, actor: Actor): Promise<TestVersion> {
      const { draft } = await existing(flowId);
      const { flow, triggerNode } = cut ? cutFlow(draft, catalog, cut) : { flow: draft, triggerNode: null };
      // Steps that only lend their data may be as unfinished as they like.
      await refuseErrors(flow, ({ nodeId }) => !cut || nodeId === undefined || !flow.pins[nodeId]);
      const hash = testHash(flow);
      const id = testVersionId(flowId, hash);
      await store.flowVersions.insert({
        id,
        flowId,
        number: 0,
        note: '',
        flow,
        hash,
        publishedAt: now(),
        publishedBy: actor.name,
      });
      return { versionId: id, flow, triggerNode };
    },

    async published(flowId: string): Promise<{ versionId: string; flow: Flow }> {
      const record = await existing(flowId);
      const version =
        record.state === 'published' && record.publishedVersion !== null
          ? await store.flowVersions.byNumber(flowId, record.publishedVersion)
          : null;
      if (!version)
        throw new HttpProblem(record.state === 'retired' ? 'FLOW_RETIRED' : 'FLOW_NOT_PUBLISHED', {
          detail: record.state === 'retired' ? 'The flow is retired.' : 'The flow has no published version.',
          fix: record.state === 'retired' ? 'Restore it first.' : 'Publish it first.',
        });
      return { versionId: version.id, flow: version.flow };
    },

    async diff(flowId: string, from: string, to: string): Promise<{ words: string[]; diff: JsonValue }> {
      const [before, after] = await Promise.all([versionFlow(flowId, from), versionFlow(flowId, to)]);
      const diff = diffFlows(before, after);
      return { words: summariseDiff(diff, before, after, catalog), diff: JSON.parse(JSON.stringify(diff)) };
    },
  };
}
