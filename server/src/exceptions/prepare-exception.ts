import type { Definitions, Journal, NodeHost } from '@waybill/engine/ports';
import type { Flow, JsonValue, NodeCatalog, RunId } from '@waybill/flow-model';
import { manifestKey } from '@waybill/flow-model';
import type { CredentialDefinition } from '@waybill/node-sdk';
import type { ExceptionContent, Repositories, TaskRecord } from '@waybill/store';
import { stepAddress } from '../runs/step-key.ts';
import { boundConnections } from './bound-connections.ts';
import { fingerprintOf, runTags } from './exception-record.ts';
import { callersOf } from './failure-reader.ts';
import { recordLinks } from './record-links.ts';
import type { RoutingDesk } from './routing-desk.ts';
import { routed } from './routing-rules.ts';
import { valueAtStake } from './value-at-stake.ts';

/** Completes a task that a run opened about a problem: cause, owner, clock and value, where the run did not say. */
export function exceptionPreparer(options: {
  journal: Pick<Journal, 'summary' | 'read'>;
  definitions: Pick<Definitions, 'version'>;
  catalog: NodeCatalog;
  evaluate: NodeHost['evaluate'];
  routing: RoutingDesk;
  store: Pick<Repositories, 'roleBindings' | 'connections'>;
  environment: string;
  credentialTypes: ReadonlyMap<string, CredentialDefinition>;
}): (task: TaskRecord) => Promise<TaskRecord> {
  const { journal, definitions, catalog, evaluate, routing, store, environment, credentialTypes } = options;
  return async (task) => {
    const { kind } = task.content;
    if (kind !== 'exception' && kind !== 'in-doubt') return task;
    const runId = task.runId as RunId;
    const summary = await journal.summary(runId);
    const flow = summary && (await definitions.version(summary.versionId))?.flow;
    if (!flow) return task;
    const { nodeId } = stepAddress(task.step);
    const node = flow.nodes[nodeId];
    const manifest = node && catalog.get(manifestKey(node.type, node.version));
    const app = manifest?.kind === 'connector' ? manifest.app : null;
    const start = await startOf(runId);
    const value =
      task.content.valueAtStake ?? (await valueAtStake(flow.settings, start.trigger, { stake: null }, evaluate));
    const exceptionClass = task.exceptionClass ?? 'defect';
    const { rules } = await routing.rules();
    const problem = { class: exceptionClass, flowId: task.flowId, app, amount: value?.amount ?? null };
    const to = routed(rules, problem, flow.settings);
    // Effects in doubt have people of their own unless a rule says otherwise.
    const named = task.users.length + task.groups.length > 0 && !(kind === 'in-doubt' && to.rule !== null);
    const escalation =
      task.content.escalation ??
      to.escalation.map(({ afterMs, group }) => ({ afterMs, to: { users: [], groups: [group] } }));
    const firstStep =
      escalation.length === 0 ? [] : [task.openedAt + Math.min(...escalation.map((step) => step.afterMs))];
    const acts = [...firstStep, ...(task.nextActAt === null ? [] : [task.nextActAt])];
    return {
      ...task,
      groups: named ? task.groups : [to.owner],
      priority: kind === 'in-doubt' || task.priority === 'normal' ? to.priority : task.priority,
      dueAt: task.dueAt ?? (to.slaMs === null ? null : task.openedAt + to.slaMs),
      nextActAt: acts.length === 0 ? null : Math.min(...acts),
      fingerprint: fingerprintOf(task.flowId, nodeId, exceptionClass, task.fingerprint ?? kind),
      tags: [...(app ? [`app:${app}`] : []), ...runTags(summary, await callersOf({ journal, definitions }, summary))],
      amount: value?.amount ?? null,
      currency: value?.currency ?? null,
      content: {
        ...task.content,
        exception: await withLinks(task, flow, start),
        valueAtStake: value,
        ...(escalation.length === 0 ? {} : { escalation }),
      },
    };
  };

  async function startOf(runId: RunId): Promise<{ triggerNode: string; trigger: JsonValue }> {
    const [first] = await journal.read(runId, 0, 1);
    if (first?.record.type !== 'run-accepted') return { triggerNode: '', trigger: null };
    const { triggerNode, input } = first.record.start;
    return { triggerNode, trigger: input && 'v' in input ? input.v : null };
  }

  /** Where the run came from can be opened, whatever else the flow says. */
  async function withLinks(
    { content, businessKey }: TaskRecord,
    flow: Flow,
    start: { triggerNode: string; trigger: JsonValue },
  ): Promise<ExceptionContent> {
    const subject = businessKey === null ? null : { kind: flow.name, label: businessKey };
    const said = content.exception ?? { subject, likelyCause: null, afterFix: null, links: [] };
    const { byBinding } = boundConnections({ store, environment });
    const found = await recordLinks({ flow, catalog, ...start, failed: null }, credentialTypes, byBinding);
    const links = [...said.links, ...found.filter((link) => said.links.every((one) => one.url !== link.url))];
    return { ...said, subject: said.subject ?? subject, links };
  }
}
