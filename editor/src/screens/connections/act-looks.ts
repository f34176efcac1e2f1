import type { LucideIcon } from 'lucide-react';
import { CirclePause, CirclePlay, RotateCw, Wrench } from 'lucide-react';
import type { ConnectionAct } from './gauge-words.ts';

interface ActLook {
  label: string;
  icon: LucideIcon;
  /** `name`: of the connection. */
  title(name: string): string;
  about: string;
  done: string;
  needsReason: boolean;
  /** Lets calls go again, which is what somebody comes for when they do not. */
  reopens: boolean;
}

/** Words of each act, the same in menu, drawer and dialog. */
export const actLooks: Record<ConnectionAct, ActLook> = {
  pause: {
    label: 'Pause calls',
    icon: CirclePause,
    title: (name) => `Pause calls to “${name}”?`,
    about:
      'Steps under way finish. Steps that would begin wait, in every flow, and go on in order when somebody resumes.',
    done: 'Calls are paused.',
    needsReason: true,
    reopens: false,
  },
  resume: {
    label: 'Resume calls',
    icon: CirclePlay,
    title: (name) => `Resume calls to “${name}”?`,
    about: 'Steps that wait go on in order, a few at a time and faster with every good answer.',
    done: 'Calls go out again.',
    needsReason: true,
    reopens: true,
  },
  'start-maintenance': {
    label: 'Start maintenance',
    icon: Wrench,
    title: (name) => `Maintenance of “${name}”`,
    about:
      'From now on steps that would call this system wait. They go on in order by themselves when the time is over.',
    done: 'The maintenance window is on.',
    needsReason: true,
    reopens: false,
  },
  'end-maintenance': {
    label: 'End maintenance',
    icon: CirclePlay,
    title: (name) => `End maintenance of “${name}” now?`,
    about: 'Steps that wait go on in order. A window that comes round every week is left out this time only.',
    done: 'The maintenance window is over.',
    needsReason: true,
    reopens: true,
  },
  'try-now': {
    label: 'Try again now',
    icon: RotateCw,
    title: (name) => `Try “${name}” now?`,
    about: 'One call is made at once. If it is answered, steps that wait go on in order.',
    done: 'The next call is made at once.',
    needsReason: false,
    reopens: true,
  },
};
