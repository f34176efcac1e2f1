import type { BodyOf, CredentialType, Routes } from '@waybill/api-contract';
import type { FlowPart } from '@waybill/flow-model';
import { hiddenIn, masked, toText } from '@waybill/flow-model';
import type { CredentialDefinition } from '@waybill/node-sdk';
import { filesNamedIn } from '../files/file-path.ts';
import type { CutRequest } from '../flows/flow-cut.ts';
import { flowSummary } from '../flows/flow-service.ts';
import { refuseMaskedWrites } from '../flows/lent-data.ts';
import { startInput, startRun, triggerToStart } from '../flows/start-run.ts';
import { proposedLimits } from '../governor/call-limits.ts';
import { notAllowed } from '../http/access.ts';
import type { Some } from '../http/handler.ts';
import { triggersOf, webhookPath } from '../triggers/armed-triggers.ts';
import type { Platform } from './platform.ts';

const evaluateTimeoutMs = 2_000;

const credentialType = ({
  type,
  title,
  icon,
  help,
  fields,
  auth,
  test,
  limits,
}: CredentialDefinition): CredentialType => ({
  type,
  title,
  icon,
  ...(help === undefined ? {} : { help }),
  fields: fields as CredentialType['fields'],
  testable: test !== null,
  receivesOnly: auth.scheme === 'inbound-hmac',
  proposedLimits: proposedLimits(limits),
});

/** The part of the draft a test run is asked for; null for the whole of it. */
function cutOf(body: BodyOf<Routes['runFlow']>): CutRequest | null {
  const { upTo, only, from, cached = {}, triggerNode } = body;
  const part: FlowPart | null =
    upTo !== undefined
      ? { kind: 'up-to', node: upTo }
      : only !== undefined
        ? { kind: 'only', node: only }
        : from !== undefined
          ? { kind: 'from', node: from }
          : null;
  return part && { part, cached, triggerNode };
}

export function flowHandlers(
  platform: Platform,
): Some<
  | 'catalog'
  | 'listFlows'
  | 'listLabels'
  | 'createFlow'
  | 'getFlow'
  | 'saveDraft'
  | 'validateFlow'
  | 'publishFlow'
  | 'retireFlow'
  | 'restoreFlow'
  | 'listVersions'
  | 'getVersion'
  | 'revertDraft'
  | 'diffVersions'
  | 'exportFlow'
  | 'importFlow'
  | 'webhooks'
  | 'runFlow'
  | 'evaluate'
  | 'deleteFlow'
> {
  const { flows, store, catalog, credentialTypes, engine, nodeHost, triggers } = platform;
  return {
    catalog: async () => ({
      manifests: [...catalog.values()],
      credentials: [...credentialTypes.values()].map(credentialType),
    }),

    async listFlows({ query }) {
      const page = await store.flows.list(query);
      return { items: page.items.map(flowSummary), nextCursor: page.nextCursor };
    },
    listLabels: async () => ({ items: await store.flows.labels() }),
    createFlow: ({ body, actor }) => flows.create(body.name, body.flow, actor),
    getFlow: ({ params }) => flows.detail(params.flowId),
    saveDraft: ({ params, body, actor }) => flows.saveDraft(params.flowId, body, actor),
    validateFlow: async ({ body }) => ({ problems: await flows.problemsOf(flows.parse(body.flow)) }),
    publishFlow: ({ params, body, actor }) => flows.publish(params.flowId, body.revision, body.note, actor),
    retireFlow: ({ params, actor }) => flows.retire(params.flowId, actor),
    restoreFlow: ({ params, actor }) => flows.restore(params.flowId, actor),
    listVersions: async ({ params }) => ({ items: await flows.versions(params.flowId) }),
    getVersion: ({ params }) => flows.version(params.flowId, params.number),
    revertDraft: ({ params, body, actor }) => flows.revert(params.flowId, params.number, body.revision, actor),
    diffVersions: ({ params, query }) => flows.diff(params.flowId, query.from, query.to),
    exportFlow: async ({ params, query }) => {
      const which = query.version === undefined ? 'draft' : String(query.version);
      return { files: { ...toText(await flows.versionFlow(params.flowId, which)) } };
    },
    importFlow: ({ body, actor }) => flows.importText(body.files, body.revision, actor),

    async webhooks({ params, baseUrl }) {
      const { draft } = await flows.existing(params.flowId);
      const armed = triggers.ofFlow(params.flowId).filter((trigger) => trigger.how === 'webhook');
      const drawn = triggersOf(draft, '', catalog).filter((trigger) => trigger.how === 'webhook');
      const all = [...armed, ...drawn.filter((one) => !armed.some((other) => other.nodeId === one.nodeId))];
      return {
        items: all.map((trigger) => ({
          nodeId: trigger.nodeId,
          title: trigger.title,
          method: 'POST',
          url: `${baseUrl}/hooks/${encodeURIComponent(trigger.flowId)}/${encodeURIComponent(webhookPath(trigger))}`,
          armed: armed.includes(trigger),
        })),
      };
    },

    async runFlow({ params, body, actor }) {
      const test = body.of === 'draft';
      const { versionId, flow, ...cut } = test
        ? await flows.testVersion(params.flowId, cutOf(body), actor)
        : { ...(await flows.publishedVersion(params.flowId)), triggerNode: null };
      // What a run put out is data, which not everybody who may start one may read.
      if (body.waitMs > 0 && !actor.permissions.has('runs.data')) throw notAllowed('runs.data');
      if (test) refuseMaskedWrites(flow, catalog, body.input);
      const triggerNode = cut.triggerNode ?? triggerToStart(flow, catalog, body.triggerNode);
      const started = await startRun(
        engine,
        {
          versionId,
          triggerNode,
          input: startInput(flow, catalog, triggerNode, body.input),
          mode: test ? 'test' : 'live',
          startedBy: actor.id,
          ...(body.dedupeKey === undefined ? {} : { dedupeKey: `${test ? 'test' : 'api'}:${body.dedupeKey}` }),
        },
        body.waitMs,
      );
      await platform.files.noteUses(filesNamedIn(body.input), started.runId, 'given');
      if (!test && !started.duplicate)
        await platform.audit(actor, 'run.started', `run:${started.runId}`, { flow: params.flowId, triggerNode });
      if (started.output === undefined) return started;
      const names = await platform.masks.ofRun(started.runId);
      return { ...started, output: masked(started.output, names, hiddenIn(body.input, names)) };
    },

    async evaluate({ body }) {
      const result = await nodeHost.evaluate(body.expression, body.scope, evaluateTimeoutMs);
      return result.ok ? { ok: true, value: result.value ?? null } : result;
    },

    async deleteFlow({ params, actor }) {
      await flows.remove(params.flowId, actor);
      platform.directory.forget(params.flowId);
      return null;
    },
  };
}
