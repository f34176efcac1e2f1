/** What the desk shows of a failure: words, owner, clock and value. Pure. */
import type { Routed } from '@waybill/api-contract';
import type { RunSummary } from '@waybill/engine/ports';
import type { Flow, FlowSettings, JsonObject, MaskedNames, NodeManifest } from '@waybill/flow-model';
import { normalisedMessage, problemWords } from '@waybill/flow-model';
import type { ExceptionContent, ExceptionFailure, TaskContent, TaskRecord } from '@waybill/store';
import { stepAddress } from '../runs/step-key.ts';
import { sha256 } from '../stable-json.ts';
import type { RecordLink } from './record-links.ts';
import type { RunStory, StandingProblem } from './standing-problems.ts';

const titleChars = 200;
const idChars = 32;

/** The same for problems with one cause, whatever record they are about. */
export const fingerprintOf = (flowId: string, nodeId: string, code: string, message: string): string =>
  sha256([flowId, nodeId, code, normalisedMessage(message)].join('\n')).slice(0, idChars);

/** The same failure of the same step gives the same exception, however often it is found. */
export const exceptionIdOf = (runId: string, step: string, seq: number): string =>
  `ex_${sha256(`${runId}\n${step}\n${seq}`).slice(0, idChars)}`;

/** A run that called another one. */
export interface Caller {
  summary: RunSummary;
  flow: Flow;
}

export interface FailureContext {
  problem: StandingProblem;
  summary: RunSummary;
  flow: Flow;
  /** Who called the run, nearest first. */
  callers: readonly Caller[];
  /** Who had an earlier run repeated by this one, and why. */
  repeats: RunStory['repeats'];
  manifest: NodeManifest | undefined;
  /** Fields of the step when it failed. */
  params: JsonObject | null;
  connectionId: string | null;
  /** Records it is about, where they can be opened. */
  links: RecordLink[];
  value: { amount: number; currency: string } | null;
  /** Names of fields that are hidden in its data. */
  masked: MaskedNames;
  /** Data of it as everybody may see it. */
  shownKey(key: JsonObject): JsonObject;
}

/** The step a failure is about, in the words of its flow. */
export function stepOf({ problem, flow, manifest }: Pick<FailureContext, 'problem' | 'flow' | 'manifest'>) {
  const { nodeId } = stepAddress(problem.step);
  const node = flow.nodes[nodeId];
  return {
    nodeId,
    title: node?.title ?? manifest?.title ?? (nodeId || flow.name),
    type: node?.type ?? '',
    // Flow control and the like are no systems anybody would look into.
    app: manifest?.kind === 'connector' ? manifest.app : null,
  };
}

/** Finds it from its run, and from those that called it. */
export const runTags = (summary: RunSummary, callers: readonly Caller[]): string[] =>
  [summary, ...callers.map((caller) => caller.summary)].map((run) => `run:${run.runId}`);

/** What the flow says of owner and time; where it says nothing, those that called it. */
export function ownSettings({ flow, callers }: Pick<FailureContext, 'flow' | 'callers'>): FlowSettings {
  const all = [flow, ...callers.map((caller) => caller.flow)].map((one) => one.settings);
  const errorOwner = all.find((one) => one.errorOwner !== undefined)?.errorOwner;
  const slaMs = all.find((one) => one.slaMs !== undefined)?.slaMs;
  return {
    ...flow.settings,
    ...(errorOwner === undefined ? {} : { errorOwner }),
    ...(slaMs === undefined ? {} : { slaMs }),
  };
}

/** The business object a run is about: its own, or that of whoever called it. */
export function subjectOf({
  summary,
  flow,
  callers,
}: Pick<FailureContext, 'summary' | 'flow' | 'callers'>): { kind: string; label: string } | null {
  const keyed = [{ summary, flow }, ...callers].find((one) => one.summary.businessKey !== null);
  return keyed ? { kind: keyed.flow.name, label: keyed.summary.businessKey ?? '' } : null;
}

/** The table row that is missing, if that is the problem. */
function missingRow({ problem, params, masked, shownKey }: FailureContext): ExceptionFailure['table'] {
  if (problem.error.code !== 'LOOKUP_MISSING' && problem.error.code !== 'TABLE_UNKNOWN') return null;
  const { table, key } = params ?? {};
  if (typeof table !== 'string') return null;
  const isKey = typeof key === 'object' && key !== null && !Array.isArray(key);
  if (!isKey) return { name: table, key: {} };
  return masked.size === 0 ? { name: table, key } : { name: table, key, shown: shownKey(key) };
}

/** The part of the record that changes when the same step fails once more. */
export function failureContent(context: FailureContext): {
  content: TaskContent & { exception: ExceptionContent & { failure: ExceptionFailure } };
  exceptionClass: string;
  fingerprint: string;
  tags: string[];
} {
  const { problem, summary, callers, connectionId, links, value } = context;
  const { error, kind, seq } = problem;
  const step = stepOf(context);
  const words = problemWords(error);
  const table = missingRow(context);
  const where = step.app ? ` in ${step.app}` : '';
  return {
    exceptionClass: words.class,
    fingerprint: fingerprintOf(summary.flowId, step.nodeId, error.code, error.what),
    tags: [
      `code:${error.code}`,
      ...(step.app ? [`app:${step.app}`] : []),
      ...(table ? [`table:${table.name}`] : []),
      ...(connectionId ? [`connection:${connectionId}`] : []),
      ...runTags(summary, callers),
    ],
    content: {
      kind: 'exception',
      title: `“${step.title}” could not be done${where}: ${words.because}`.slice(0, titleChars),
      description: error.what,
      requester: null,
      selfApproval: true,
      facts: [],
      valueAtStake: value,
      form: { fields: [] },
      commentRequired: 'never',
      outcomes: [],
      error,
      ...(context.masked.size === 0 ? {} : { maskedNames: [...context.masked] }),
      exception: {
        subject: subjectOf(context),
        likelyCause: words.likelyCause,
        afterFix: afterFixWords(kind, step.title),
        links,
        failure: {
          seq,
          kind,
          nodeId: step.nodeId,
          title: step.title,
          type: step.type,
          app: step.app,
          table,
          connectionId,
        },
      },
    },
  };
}

/** Which run it is about; another one once that is repeated and fails again. */
export const runColumns = (context: Pick<FailureContext, 'summary' | 'flow' | 'callers'>) => ({
  runId: context.summary.runId,
  businessKey: context.summary.businessKey ?? subjectOf(context)?.label ?? null,
  correlationId: context.summary.correlationId,
});

const afterFixWords = (kind: StandingProblem['kind'], title: string): string =>
  kind === 'quarantined'
    ? 'The run goes on where it stopped. What was done before stays and is not repeated.'
    : `“${title}” is tried again and the run goes on from there. What was done before stays and is not repeated.`;

/** A new exception for a problem that stands. */
export function exceptionRecord(context: FailureContext, routed: Routed): TaskRecord {
  const { problem, summary, value } = context;
  const { content, ...columns } = failureContent(context);
  const escalation = routed.escalation.map(({ afterMs, group }) => ({ afterMs, to: { users: [], groups: [group] } }));
  return {
    id: exceptionIdOf(summary.runId, problem.step, problem.seq),
    status: 'open',
    flowId: summary.flowId,
    step: problem.step,
    ...runColumns(context),
    users: [],
    groups: [routed.owner],
    claimedBy: null,
    openedAt: problem.at,
    dueAt: routed.slaMs === null ? null : problem.at + routed.slaMs,
    expiresAt: null,
    closedAt: null,
    needed: 1,
    decisions: [],
    delegations: [],
    priority: routed.priority,
    followUpAt: null,
    watchers: [],
    nextActAt: escalation.length === 0 ? null : problem.at + Math.min(...escalation.map((step) => step.afterMs)),
    escalated: 0,
    notes: [],
    attachments: [],
    amount: value?.amount ?? null,
    currency: value?.currency ?? null,
    origin: 'failure',
    ...columns,
    content: { ...content, ...(escalation.length === 0 ? {} : { escalation }) },
  };
}
