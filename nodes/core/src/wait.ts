import { anyPort, defineNode, nodeError, param } from '@waybill/node-sdk';
import { anyInput, arrived, pureTraits } from './passthrough.ts';

/** Pauses the run; the pause survives restarts and may last months. */
export const wait = defineNode({
  type: 'core.wait',
  version: 1,
  title: 'Wait',
  description: 'Pauses for a while or until a moment, then goes on with the same data.',
  kind: 'control',
  app: 'Flow control',
  icon: 'hourglass',
  synonyms: ['delay', 'sleep', 'pause', 'timer', 'until date', 'remind later'],
  params: {
    mode: param.choice({
      label: 'How long',
      options: [
        { value: 'duration', label: 'For a while' },
        { value: 'until', label: 'Until a moment' },
      ],
      default: 'duration',
    }),
    duration: param.duration({
      label: 'For',
      minMs: 0,
      optional: true,
      when: { param: 'mode', is: ['duration'] },
    }),
    until: param.datetime({
      label: 'Until',
      help: 'A moment in the past means: go on at once.',
      optional: true,
      when: { param: 'mode', is: ['until'] },
    }),
  },
  inputs: anyInput,
  outputs: { done: anyPort('Afterwards') },
  traits: pureTraits,
  sample: { done: { projectId: 'P-1001' } },
  run({ params, input, now }) {
    const until = params.mode === 'until' ? Date.parse(params.until ?? '') : now + (params.duration ?? Number.NaN);
    if (!Number.isFinite(until))
      throw nodeError('WAIT_NOT_SET', {
        what:
          params.mode === 'until'
            ? `"${params.until ?? ''}" is not a moment the clock understands.`
            : 'No duration was given.',
        fix: 'Give a duration, or a moment such as 2026-12-01T08:00:00Z.',
        owner: 'user',
        engine: 'stop',
      });
    return { do: 'wait-timer', until, port: 'done', value: arrived(input) };
  },
});
