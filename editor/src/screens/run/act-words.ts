import type { RunAct, StepAct } from './run-acts.ts';

/** Acts on a run that are asked for with nothing but a reason; the others have dialogs of their own. */
export type AskedRunAct = Exclude<RunAct, 'take-back' | 'retry-run'>;

export type Doubt = 'happened' | 'retry' | 'skip';
export const doubts: readonly { value: Doubt; label: string; about: string }[] = [
  {
    value: 'happened',
    label: 'It happened',
    about: 'You saw the result in the other system. The run goes on; nothing is sent again.',
  },
  {
    value: 'retry',
    label: 'It did not happen',
    about: 'You checked that the other system has nothing. The step is sent once more.',
  },
  {
    value: 'skip',
    label: 'Go on without it',
    about: 'Nothing is sent. The next steps get what you give below, or nothing.',
  },
];

export const actWords: Record<
  AskedRunAct | StepAct,
  { title: string; about: string; confirm: string; danger?: boolean; done: string }
> = {
  pause: {
    title: 'Pause this run?',
    about: 'Steps under way end; no further step starts until someone resumes the run. Timers keep their dates.',
    confirm: 'Pause run',
    done: 'The run pauses.',
  },
  resume: {
    title: 'Resume this run?',
    about: 'The run goes on where it stopped. Steps that were kept back are tried again.',
    confirm: 'Resume run',
    done: 'The run goes on.',
  },
  cancel: {
    title: 'Cancel this run?',
    about:
      'The run ends now. Open tasks and timers close. What was already written to other systems stays written, unless you have it taken back.',
    confirm: 'Cancel run',
    danger: true,
    done: 'The run is cancelled.',
  },
  retry: { title: 'Run this step again?', about: '', confirm: 'Run again', done: 'The step runs again.' },
  skip: {
    title: 'Go on without this step?',
    about: 'The step is not run. The run goes on by its first output with the value you give below, or with nothing.',
    confirm: 'Skip step',
    done: 'The run goes on without the step.',
  },
  resolve: {
    title: 'What became of this step?',
    about:
      'The connection broke after the request was sent and before an answer came. Look in the other system, then say what you found.',
    confirm: 'Record and go on',
    done: 'Recorded. The run goes on.',
  },
};
