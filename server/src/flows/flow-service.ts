import type { FlowDetail, FlowSummary, VersionSummary } from '@waybill/api-contract';
import type { Flow, FlowProblem, JsonValue, NodeCatalog } from '@waybill/flow-model';
import {
  defaultLayout,
  diffFlows,
  emptyFlow,
  flowIdSchema,
  fromText,
  parseFlow,
  summariseDiff,
  validateFlow,
} from '@waybill/flow-model';
import type { FlowHeader, FlowRecord, FlowVersionHeader, Repositories } from '@waybill/store';
import { publishedVersionId, testVersionId } from '@waybill/store';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Actor } from '../auth/actor.ts';
import { newId } from '../auth/secrets.ts';
import type { Now } from '../clock.ts';
import { HttpProblem, notFound, problemItems } from '../problem.ts';
import type { CutRequest } from './flow-cut.ts';
import { cutFlow } from './flow-cut.ts';
import { behaviourHash, flowFacts, testHash, withoutPins } from './flow-hash.ts';

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
/** The version a test run is pinned to. `triggerNode` is set when only one start leads to the part that runs. */
interface TestVersion {
  versionId: string;
  flow: Flow;
  triggerNode: string | null;
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

  /** @throws {HttpProblem} FLOW_MALFORMED listing every problem. */
  function parse(input: unknown): Flow {
    const parsed = parseFlow(input);
    if (parsed.ok) return parsed.flow;
    throw new HttpProblem('FLOW_MALFORMED', {
      detail: `The document is not a flow: ${parsed.problemCount} problem(s).`,
      fix: 'Correct what is listed under "problems".',
      problems: problemItems(parsed.problems),
    });
  }

  async function problemsOf(flow: Flow): Promise<FlowProblem[]> {
    const [bindings, connections, tables] = await Promise.all([
      store.roleBindings.list(options.environment),
      store.connections.list({ limit: 200 }),
      store.lookupTables.list(),
    ]);
    const proposed = [...catalog.values()].flatMap((manifest) =>
      Object.values(manifest.credentials).flatMap((slot) => (slot.role ? [slot.role] : [])),
    );
    return validateFlow(flow, catalog, {
      roles: [...new Set([...bindings.map((binding) => binding.role), ...proposed])],
      // With more connections than one page holds, an id that is not on it proves nothing.
      ...(connections.nextCursor === null ? { connections: connections.items.map((item) => item.id) } : {}),
      tables: tables.map((table) => table.name),
    });
  }

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

  /** @throws {HttpProblem} FLOW_INVALID listing every error. */
  async function refuseErrors(flow: Flow, matters: (problem: FlowProblem) => boolean = () => true): Promise<void> {
    const errors = (await problemsOf(flow)).filter((problem) => problem.severity === 'error' && matters(problem));
    if (errors.length === 0) return;
    throw new HttpProblem('FLOW_INVALID', {
      detail: `The flow has ${errors.length} error(s), so it cannot run.`,
      fix: 'Correct what is listed under "problems", then try again.',
      problems: problemItems(errors),
    });
  }

  const versionSummary = (version: FlowVersionHeader, current: number | null): VersionSummary => ({
    id: version.id,
    flowId: flowIdSchema.parse(version.flowId),
    number: version.number,
    note: version.note,
    publishedAt: version.publishedAt,
    publishedBy: version.publishedBy,
    current: version.number === current,
  });

  async function versionFlow(flowId: string, which: string): Promise<Flow> {
    const record = await existing(flowId);
    if (which === 'draft') return record.draft;
    const version = await store.flowVersions.byNumber(flowId, Number(which));
    if (!version) throw notFound(`Version ${which} of flow ${flowId}`);
    return version.flow;
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
    parse,
    problemsOf,
    existing,
    versionFlow,
    detail: async (flowId: string): Promise<FlowDetail> => detailOf(await existing(flowId)),

    async create(name: string, document: unknown, actor: Actor): Promise<FlowDetail> {
      const fresh = flowIdSchema.parse(newId('fl'));
      const given = document === undefined ? emptyFlow(fresh, name) : parse(document);
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
      const flow = { ...parse(body.flow), id: before.draft.id };
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

    async versions(flowId: string): Promise<VersionSummary[]> {
      const record = await existing(flowId);
      return (await store.flowVersions.list(flowId)).map((version) => versionSummary(version, record.publishedVersion));
    },

    async version(flowId: string, number: number) {
      const record = await existing(flowId);
      const version = await store.flowVersions.byNumber(flowId, number);
      if (!version) throw notFound(`Version ${number} of flow ${flowId}`);
      return { version: versionSummary(version, record.publishedVersion), flow: version.flow };
    },

    async revert(flowId: string, number: number, revision: number, actor: Actor): Promise<FlowDetail> {
      const before = await existing(flowId);
      const flow = await versionFlow(flowId, String(number));
      return detailOf(await replaceDraft(before, revision, flow, actor, `reverted to version ${number}`, null));
    },

    async importText(files: Record<string, string>, revision: number | undefined, actor: Actor): Promise<FlowDetail> {
      const read = fromText({
        'flow.yaml': files['flow.yaml'] ?? '',
        ...(files['layout.yaml'] === undefined ? {} : { 'layout.yaml': files['layout.yaml'] }),
      });
      if (!read.ok)
        throw new HttpProblem('FLOW_MALFORMED', {
          detail: `The text is not a flow: ${read.problems.length} problem(s).`,
          fix: 'Correct what is listed under "problems".',
          problems: read.problems.slice(0, 200).map(({ file, line, column, what, fix }) => ({
            path: `${file}:${line}:${column}`,
            what,
            fix,
          })),
        });
      const placed = Object.keys(read.flow.layout).length > 0;
      const flow = placed ? read.flow : { ...read.flow, layout: defaultLayout(read.flow) };
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

    /** Pins the draft as it is now, or a part of it, for a test run. @throws {HttpProblem} FLOW_INVALID, STEP_NOT_REACHED */
    async testVersion(flowId: string, cut: CutRequest | null, actor: Actor): Promise<TestVersion> {
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

    async publishedVersion(flowId: string): Promise<{ versionId: string; flow: Flow }> {
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
