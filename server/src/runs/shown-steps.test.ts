import type { StepView } from '@waybill/api-contract';
import { expect, it } from 'vitest';
import { emptyRunView } from './run-view.ts';
import { stepsToShow } from './shown-steps.ts';

const aStep = (step: string, more: Partial<StepView> = {}): StepView => ({
  ...{ step, nodeId: 'work', iteration: [...step.matchAll(/\[(\d+)\]/g)].map(([, index]) => Number(index)) },
  ...{ title: step, nodeType: 'test', status: 'succeeded', startedAt: 0, endedAt: 0, attempts: [], port: 'out' },
  ...{ waiting: null, error: null, effectKey: null, undo: null, iterations: null, records: null, seq: 1, ...more },
});

it('gives of a long run what needs attention and the top level before all else', () => {
  const view = emptyRunView();
  const put = (step: StepView) => view.steps.set(step.step, step);
  for (let index = 0; index < 3_000; index += 1) put(aStep(`each[${index}]/work`));
  put(aStep('each[2500]/work', { status: 'failed' }));
  put(aStep('each[2600]/work', { sent: { records: 5, refused: 1 } }));
  put(aStep('each'));
  const shown = stepsToShow(view).map(({ step }) => step);
  expect(shown).toHaveLength(1_000);
  expect(shown.slice(-3)).toEqual(['each[2500]/work', 'each[2600]/work', 'each']);
});
