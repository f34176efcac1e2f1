import type { RunSummaryView, StepView } from '@waybill/api-contract';

/** Builders for tests of this folder. */
export const aRunSummary = (more: Partial<RunSummaryView> = {}): RunSummaryView => ({
  id: 'run_1',
  flowId: 'flow_1',
  flowName: 'Won deal to project',
  versionNumber: 3,
  status: 'running',
  mode: 'live',
  startedBy: 'webhook',
  acceptedAt: 1_000,
  updatedAt: 1_000,
  finishedAt: null,
  correlationId: 'corr_1',
  businessKey: 'D-1007',
  parentRunId: null,
  currentStep: null,
  errorCode: null,
  errorWhat: null,
  seq: 1,
  ...more,
});

export const aStep = (step: string, more: Partial<StepView> = {}): StepView => ({
  step,
  nodeId: step.split('/').at(-1) ?? step,
  iteration: [...step.matchAll(/\[(\d+)\]/g)].map((match) => Number(match[1])),
  title: step,
  nodeType: 'core.transform',
  status: 'succeeded',
  startedAt: 1_000,
  endedAt: 1_100,
  attempts: [],
  port: 'done',
  waiting: null,
  error: null,
  effectKey: null,
  undo: null,
  iterations: null,
  records: null,
  seq: 1,
  ...more,
});
