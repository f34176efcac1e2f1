import type { Definitions, Journal, NodeHost } from '@waybill/engine/ports';
import type { NodeCatalog, RunId } from '@waybill/flow-model';
import { manifestKey } from '@waybill/flow-model';
import type { TaskRecord } from '@waybill/store';
import { stepAddress } from '../runs/step-key.ts';
import { fingerprintOf, runTags } from './exception-record.ts';
import { callersOf } from './failure-reader.ts';
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
}): (task: TaskRecord) => Promise<TaskRecord> {
  const { journal, definitions, catalog, evaluate, routing } = options;
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
    const value = task.content.valueAtStake ?? (await worthOf(runId, flow.settings));
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
      content: { ...task.content, valueAtStake: value, ...(escalation.length === 0 ? {} : { escalation }) },
    };
  };

  async function worthOf(runId: RunId, settings: Parameters<typeof valueAtStake>[0]) {
    const [first] = await journal.read(runId, 0, 1);
    const input = first?.record.type === 'run-accepted' ? first.record.start.input : null;
    return valueAtStake(settings, input && 'v' in input ? input.v : null, { stake: null }, evaluate);
  }
}
