import type { FlowDetail, FlowSummary } from '@waybill/api-contract';
import type { Flow, NodeCatalog } from '@waybill/flow-model';
import { diffFlows, emptyFlow, flowIdSchema, summariseDiff } from '@waybill/flow-model';
import type { FlowHeader, FlowRecord, Repositories } from '@waybill/store';
import { publishedVersionId } from '@waybill/store';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Actor } from '../auth/actor.ts';
import { newId } from '../auth/secrets.ts';
import type { Now } from '../clock.ts';
import { HttpProblem, notFound } from '../problem.ts';
import { flowChecks, flowOf, flowOfText } from './flow-checks.ts';
import { behaviourHash, flowFacts, withoutPins } from './flow-hash.ts';
import { flowVersions, versionSummary } from './flow-versions.ts';

export interface FlowServiceOptions {
  store: Repositories;
  catalog: NodeCatalog;
  audit: AuditLog;
  now: Now;
  environment: string;
  /** Called after a version went live (its triggers are armed then) or a flow stopped. */
  onPublished(flowId: string, versionId: string, flow: Flow): Promise<void>;
  onStopped(flowId: string): Promise<void>;
  onChanged(summary: FlowSummary, by: Actor, editor: string | null): void;
}

export type FlowService = ReturnType<typeof flowService>;

export const flowSummary = (header: FlowHeader): FlowSummary => ({
  id: flowIdSchema.parse(header.id),
  name: header.name,
  description: header.description,
  state: header.state,
  revision: header.revision,
  publishedVersion: header.publishedVersion,
  changed: header.publishedHash !== header.draftHash,
  nodeCount: header.nodeCount,
  triggers: header.triggers,
  labels: header.labels,
  updatedAt: header.updatedAt,
  updatedBy: header.updatedByName,
});

/** Drafts, versions and what may follow what. */
export function flowService(options: FlowServiceOptions) {
  const { store, catalog, audit, now } = options;
  const { problemsOf, refuseErrors } = flowChecks(options);
  const versions = flowVersions({ ...options, existing, refuseErrors });

  async function existing(flowId: string): Promise<FlowRecord> {
    const record = await store.flows.get(flowId);
    if (!record) throw notFound(`Flow ${flowId}`);
    return record;
  }

  const detailOf = async (record: FlowRecord): Promise<FlowDetail> => ({
    summary: flowSummary(record),
    flow: record.draft,
    problems: await problemsOf(record.draft),
  });

  async function insert(flow: Flow, actor: Actor): Promise<FlowRecord | null> {
    const record: FlowRecord = {
      id: flow.id,
      name: flow.name,
      description: flow.description ?? null,
      state: 'draft',
      revision: 1,
      publishedVersion: null,
      publishedHash: null,
      ...flowFacts(flow, catalog),
      updatedAt: now(),
      updatedBy: actor.id,
      updatedByName: actor.name,
      draft: flow,
    };
    if (!(await store.flows.insert(record))) return null;
    await audit(actor, 'flow.created', `flow:${flow.id}`, { name: flow.name, nodes: record.nodeCount });
    options.onChanged(flowSummary(record), actor, null);
    return record;
  }

  async function draftChanged(flowId: string): Promise<HttpProblem> {
    const newest = await store.flows.header(flowId);
    if (!newest) return notFound(`Flow ${flowId}`);
    return new HttpProblem('DRAFT_CHANGED', {
      detail: `${newest.updatedByName} saved this flow at ${new Date(newest.updatedAt).toISOString()}; it is at revision ${newest.revision} now.`,
      fix: 'Reload it and make your change again; nothing was overwritten.',
      extra: { revision: newest.revision, updatedBy: newest.updatedByName, updatedAt: newest.updatedAt },
    });
  }

  async function replaceDraft(
    before: FlowRecord,
    revision: number,
    flow: Flow,
    actor: Actor,
    why: string,
    editor: string | null,
  ) {
    if (before.revision !== revision) throw await draftChanged(before.id);
    const saved = await store.flows.saveDraft(before.id, revision, {
      draft: flow,
      ...flowFacts(flow, catalog),
      updatedAt: now(),
      updatedBy: actor.id,
      updatedByName: actor.name,
    });
    if (!saved) throw await draftChanged(before.id);
    const words = summariseDiff(diffFlows(before.draft, flow), before.draft, flow, catalog);
    await audit(actor, 'flow.draft-saved', `flow:${before.id}`, {
      why,
      revision: saved.revision,
      changes: words.slice(0, 20),
    });
    options.onChanged(flowSummary(saved), actor, editor);
    return saved;
  }

  async function changeState(flowId: string, state: 'published' | 'retired', actor: Actor): Promise<FlowSummary> {
    const before = await existing(flowId);
    if (before.publishedVersion === null)
      throw new HttpProblem('FLOW_NOT_PUBLISHED', {
        detail: 'The flow was never published.',
        fix: 'Publish it first, or delete it.',
      });
    const header = await store.flows.setState(flowId, state);
    if (!header) throw notFound(`Flow ${flowId}`);
    if (state === 'retired') await options.onStopped(flowId);
    else await goLive(flowId, before.publishedVersion);
    await audit(actor, state === 'retired' ? 'flow.retired' : 'flow.restored', `flow:${flowId}`, {
      from: before.state,
    });
    options.onChanged(flowSummary(header), actor, null);
    return flowSummary(header);
  }

  async function goLive(flowId: string, number: number): Promise<void> {
    const version = await store.flowVersions.byNumber(flowId, number);
    if (version) await options.onPublished(flowId, version.id, version.flow);
  }

  return {
    parse: flowOf,
    problemsOf,
    existing,
    versionFlow: versions.versionFlow,
    versions: versions.list,
    version: versions.one,
    testVersion: versions.test,
    publishedVersion: versions.published,
    diff: versions.diff,
    detail: async (flowId: string): Promise<FlowDetail> => detailOf(await existing(flowId)),

    async create(name: string, document: unknown, actor: Actor): Promise<FlowDetail> {
      const fresh = flowIdSchema.parse(newId('fl'));
      const given = document === undefined ? emptyFlow(fresh, name) : flowOf(document);
      const record = (await insert({ ...given, name }, actor)) ?? (await insert({ ...given, id: fresh, name }, actor));
      if (!record) throw new Error('a fresh flow id was taken');
      return detailOf(record);
    },

    async saveDraft(
      flowId: string,
      body: { revision: number; flow?: unknown; editor?: string | undefined },
      actor: Actor,
    ) {
      const before = await existing(flowId);
      if (before.revision !== body.revision) throw await draftChanged(flowId);
      const flow = { ...flowOf(body.flow), id: before.draft.id };
      const saved = await replaceDraft(before, body.revision, flow, actor, 'edited', body.editor ?? null);
      return { summary: flowSummary(saved), problems: await problemsOf(saved.draft) };
    },

    async publish(flowId: string, revision: number, note: string, actor: Actor) {
      const before = await existing(flowId);
      if (before.revision !== revision) throw await draftChanged(flowId);
      await refuseErrors(before.draft);
      const flow = withoutPins(before.draft);
      const [newest] = await store.flowVersions.list(flowId);
      const number = (newest?.number ?? 0) + 1;
      const hash = behaviourHash(flow);
      const version = {
        id: publishedVersionId(flowId, number),
        flowId,
        number,
        note,
        flow,
        hash,
        publishedAt: now(),
        publishedBy: actor.name,
      };
      if (!(await store.flowVersions.insert(version))) throw await draftChanged(flowId);
      const header = await store.flows.setPublished(flowId, revision, number, hash);
      if (!header) throw await draftChanged(flowId);
      await options.onPublished(flowId, version.id, flow);
      await audit(actor, 'flow.published', `flow:${flowId}`, {
        version: number,
        note,
        hash,
        before: before.publishedVersion,
      });
      options.onChanged(flowSummary(header), actor, null);
      return { summary: flowSummary(header), version: versionSummary(version, number) };
    },

    retire: (flowId: string, actor: Actor) => changeState(flowId, 'retired', actor),
    restore: (flowId: string, actor: Actor) => changeState(flowId, 'published', actor),

    async remove(flowId: string, actor: Actor): Promise<void> {
      const before = await existing(flowId);
      if (!(await store.flows.removeDraft(flowId)))
        throw new HttpProblem('FLOW_WAS_PUBLISHED', {
          detail: 'The flow was published, so runs refer to it.',
          fix: 'Retire it instead.',
        });
      await audit(actor, 'flow.deleted', `flow:${flowId}`, { name: before.name });
    },

    async revert(flowId: string, number: number, revision: number, actor: Actor): Promise<FlowDetail> {
      const before = await existing(flowId);
      const flow = await versions.versionFlow(flowId, String(number));
      return detailOf(await replaceDraft(before, revision, flow, actor, `reverted to version ${number}`, null));
    },

    async importText(files: Record<string, string>, revision: number | undefined, actor: Actor): Promise<FlowDetail> {
      const flow = flowOfText(files);
      const before = await store.flows.get(flow.id);
      if (!before) {
        const record = await insert(flow, actor);
        if (record) return detailOf(record);
      }
      if (revision === undefined)
        throw new HttpProblem('FLOW_EXISTS', {
          detail: `A flow with the id ${flow.id} exists already.`,
          fix: 'Send its revision to update it, or give the document another id.',
        });
      return detailOf(await replaceDraft(await existing(flow.id), revision, flow, actor, 'imported', null));
    },
  };
}
