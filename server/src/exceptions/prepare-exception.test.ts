import type { RoutingRule } from '@waybill/api-contract';
import { memoryJournal } from '@waybill/engine/memory';
import type { OpenTask, RunSummary } from '@waybill/engine/ports';
import type { FlowId, FlowVersionId, RunId, TaskId } from '@waybill/flow-model';
import { emptyFlow, flowIdSchema } from '@waybill/flow-model';
import { beforeAll, describe, expect, it } from 'vitest';
import { taskRecordOf } from '../tasks/task-desk.ts';
import { exceptionPreparer } from './prepare-exception.ts';

const flowId = flowIdSchema.parse('bill');
const versionId = 'bill-1' as FlowVersionId;
const flow = {
  ...emptyFlow(flowId, 'Bill'),
  settings: { valueAtStake: { $: 'amount' }, currency: { $: 'currency' }, slaMs: 1_000 },
};
const journal = memoryJournal();
const rules: RoutingRule[] = [];
const prepare = exceptionPreparer({
  journal,
  definitions: { version: async () => ({ versionId, versionNumber: 1, flow }) },
  catalog: new Map(),
  // The expressions of this flow name members of the trigger.
  evaluate: async (expression, scope) => ({
    ok: true,
    value: (scope['trigger'] as Record<string, number | string>)[expression] ?? null,
  }),
  store: { roleBindings: { get: async () => null }, connections: { get: async () => null } } as never,
  environment: 'dev',
  credentialTypes: new Map(),
  routing: { rules: async () => ({ rules, revision: 0 }), put: () => Promise.reject(new Error('not asked for')) },
});

beforeAll(async () => {
  const summary: RunSummary = {
    runId: 'r1' as RunId,
    flowId,
    versionId,
    status: 'in-doubt',
    mode: 'live',
    startedBy: 'webhook',
    acceptedAt: 1,
    updatedAt: 1,
    finishedAt: null,
    correlationId: 'c',
    businessKey: 'P-1',
    orderingKey: null,
    dedupeKey: null,
    parentRunId: null,
    replayRoot: null,
    wakeAt: null,
    currentStep: null,
    currentNode: null,
    currentWaits: 0,
    alsoAt: [],
    errorCode: null,
    errorWhat: null,
    errorClass: null,
    seq: 1,
    holdsKey: false,
    note: null,
  };
  const input = { v: { amount: 700, currency: 'EUR' } };
  const start = {
    flowId,
    versionId,
    triggerNode: 'start',
    input,
    correlationId: 'c',
    mode: 'live',
    startedBy: 'webhook',
  };
  await journal.accept({ summary, records: [{ at: 1, type: 'run-accepted', start: { ...start, mode: 'live' } }] });
});

const inDoubt = (step: string): OpenTask => ({
  taskId: `t-${step}` as TaskId,
  round: 0,
  runId: 'r1' as RunId,
  flowId: 'bill' as FlowId,
  step,
  openedAt: 10,
  until: null,
  correlationId: 'c',
  businessKey: 'P-1',
  body: { kind: 'in-doubt', nodeTitle: 'Book an invoice', effectKey: step, input: {} },
});

describe('an effect in doubt', () => {
  it('is an exception with a cause, a value and a clock, and stays with those who can look', async () => {
    const task = await prepare(taskRecordOf(inDoubt('book')));
    expect(task).toMatchObject({
      exceptionClass: 'in-doubt',
      groups: ['operator', 'engineer', 'admin'],
      priority: 'high',
      amount: 700,
      currency: 'EUR',
      dueAt: 1_010,
    });
    expect(task.fingerprint).toBe((await prepare(taskRecordOf(inDoubt('lines[3]/book')))).fingerprint);
    expect(task.fingerprint).not.toBe((await prepare(taskRecordOf(inDoubt('send')))).fingerprint);
  });

  it('goes to whom a rule names', async () => {
    rules.push({
      id: 'r',
      class: 'in-doubt',
      flowId: null,
      app: null,
      minValue: 500,
      owner: 'billing',
      priority: 'urgent',
      slaMs: 60,
      escalation: [{ afterMs: 30, group: 'cfo' }],
    });
    const task = await prepare(taskRecordOf(inDoubt('book')));
    expect(task).toMatchObject({ groups: ['billing'], priority: 'urgent', dueAt: 70, nextActAt: 40 });
    expect(task.content.escalation).toEqual([{ afterMs: 30, to: { users: [], groups: ['cfo'] } }]);
  });
});

it('leaves approvals alone', async () => {
  const approval = {
    ...taskRecordOf(inDoubt('x')),
    content: { ...taskRecordOf(inDoubt('x')).content, kind: 'approval' as const },
  };
  expect(await prepare(approval)).toEqual(approval);
});
