import type { RunSummaryView } from '@waybill/api-contract';
import { ArrowRight, CirclePause, CirclePlay, CircleStop, RotateCcw, Undo2 } from 'lucide-react';
import { useMemo } from 'react';
import type { Command } from '../../app/commands.ts';
import { useCommands } from '../../app/commands.ts';
import { navigate } from '../../app/router.tsx';
import type { Act } from './ActDialog.tsx';
import { runActs } from './run-acts.ts';

/** What a dialog is open for. */
export type ActOnRun = Act | { act: 'take-back' } | { act: 'retry-run' };

interface RunCommands {
  run: RunSummaryView;
  repeat: RunSummaryView | null;
  isAllowed: boolean;
  onAct: (act: ActOnRun) => void;
}

/** Offers what may be done to a run in the command bar, while its screen is open. */
export function useRunCommands({ run, repeat, isAllowed, onAct }: RunCommands): void {
  const commands = useMemo<Command[]>(() => {
    const allowed = runActs(run, repeat !== null);
    const enabled = (name: keyof typeof allowed) => () => isAllowed && allowed[name];
    return [
      {
        id: 'run.retry',
        label: 'Retry this run',
        group: 'Run',
        icon: RotateCcw,
        enabled: enabled('retry-run'),
        perform: () => onAct({ act: 'retry-run' }),
      },
      {
        id: 'run.repeat',
        label: 'Go to the run that repeats this one',
        group: 'Run',
        icon: ArrowRight,
        enabled: () => repeat !== null,
        perform: () => repeat && navigate(`/runs/${encodeURIComponent(repeat.id)}`),
      },
      {
        id: 'run.pause',
        label: 'Pause this run',
        group: 'Run',
        icon: CirclePause,
        enabled: enabled('pause'),
        perform: () => onAct({ act: 'pause' }),
      },
      {
        id: 'run.resume',
        label: 'Resume this run',
        group: 'Run',
        icon: CirclePlay,
        enabled: enabled('resume'),
        perform: () => onAct({ act: 'resume' }),
      },
      {
        id: 'run.cancel',
        label: 'Cancel this run',
        group: 'Run',
        icon: CircleStop,
        enabled: enabled('cancel'),
        perform: () => onAct({ act: 'cancel' }),
      },
      {
        id: 'run.take-back',
        label: 'Take back effects of this run',
        group: 'Run',
        icon: Undo2,
        enabled: enabled('take-back'),
        perform: () => onAct({ act: 'take-back' }),
      },
    ];
  }, [run, repeat, isAllowed, onAct]);
  useCommands('run', commands);
}
