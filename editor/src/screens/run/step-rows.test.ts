import type { Flow } from '@waybill/flow-model';
import { emptyFlow } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import { aStep } from './run-samples.ts';
import { iterationWords, picksFor, stepOfInterest, stepRows } from './step-rows.ts';

const node = (parent?: string) => ({ type: 'core.transform', version: 1, params: {}, ...(parent ? { parent } : {}) });
const flow: Flow = {
  ...emptyFlow('flow_1' as never, 'Flow'),
  nodes: { notify: node(), perLine: node(), start: node(), createTask: node('perLine') },
  edges: {
    a: { from: { node: 'start', port: 'done' }, to: { node: 'perLine', port: 'in' } },
    b: { from: { node: 'perLine', port: 'done' }, to: { node: 'notify', port: 'in' } },
  },
};
const byKey = (...steps: ReturnType<typeof aStep>[]) => Object.fromEntries(steps.map((step) => [step.step, step]));
const keys = (rows: ReturnType<typeof stepRows>) => rows.map((row) => row.step);

describe('step rows', () => {
  it('lists every step of the flow in its order, reached or not', () => {
    const rows = stepRows(flow, byKey(aStep('start')), {});
    expect(keys(rows)).toEqual(['start', 'perLine', 'perLine[0]/createTask', 'notify']);
    expect(rows.map((row) => row.view?.status ?? null)).toEqual(['succeeded', null, null, null]);
  });

  it('shows the chosen iteration of a container', () => {
    const steps = byKey(
      aStep('perLine', { iterations: { total: 3, finished: 3, failed: 0 } }),
      aStep('perLine[0]/createTask'),
      aStep('perLine[2]/createTask'),
    );
    expect(keys(stepRows(flow, steps, { perLine: 2 }))).toContain('perLine[2]/createTask');
    expect(stepRows(flow, steps, { perLine: 2 })[1]?.iteration).toEqual({ shown: 2, total: 3, failed: [] });
  });

  it('opens the failed iteration when nobody chose one', () => {
    const steps = byKey(
      aStep('perLine', { iterations: { total: 3, finished: 2, failed: 1 } }),
      aStep('perLine[0]/createTask'),
      aStep('perLine[1]/createTask', { status: 'failed' }),
      aStep('perLine[2]/createTask'),
    );
    const container = stepRows(flow, steps, {})[1];
    expect(container?.iteration).toEqual({ shown: 1, total: 3, failed: [1] });
  });

  it('brings a step inside nested containers into view', () => {
    expect(picksFor('a[2]/b[5]/c', {})).toEqual({ a: 2, 'a[2]/b': 5 });
  });

  it('opens on the failed step, and rather on the one inside a container than on its frame', () => {
    const failedInside = aStep('perLine[1]/createTask', { status: 'failed', seq: 4 });
    expect(stepOfInterest([aStep('start'), aStep('perLine', { status: 'failed', seq: 5 }), failedInside])).toBe(
      failedInside,
    );
  });

  it('opens a finished run on the step that ended last', () => {
    const last = aStep('notify', { endedAt: 900 });
    expect(stepOfInterest([last, aStep('start', { endedAt: 100 })])).toBe(last);
    expect(stepOfInterest([])).toBeNull();
  });
});

it('says which iteration a step is in, but not of groups that run once', () => {
  const steps = byKey(
    aStep('perLine', { iterations: { total: 3, finished: 3, failed: 0 } }),
    aStep('perLine[1]/group', { iterations: { total: 1, finished: 1, failed: 0 } }),
  );
  expect(iterationWords({ step: 'perLine[1]/group[0]/createTask' }, steps)).toBe('2 of 3');
  expect(iterationWords({ step: 'createTask' }, steps)).toBeNull();
});
