import type { PersonChoice, TaskDetail, TaskPriority } from '@waybill/api-contract';
import {
  CalendarClock,
  Clock3,
  Ellipsis,
  Eye,
  EyeOff,
  Flag,
  Forward,
  Hand,
  Link2,
  Undo2,
  UserPlus,
} from 'lucide-react';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { Button, IconButton } from '../../ui/Button.tsx';
import type { MenuEntry } from '../../ui/Menu.tsx';
import { Menu } from '../../ui/Menu.tsx';
import { toast, toastError } from '../../ui/toasts.ts';
import { MomentDialog } from './MomentDialog.tsx';
import { PersonDialog } from './PersonDialog.tsx';
import { showTask } from './refresh-tasks.ts';
import { priorityWords } from './task-words.ts';

type Asking = 'assign' | 'delegate' | 'aside' | 'due' | null;
const priorities: readonly TaskPriority[] = ['urgent', 'high', 'normal', 'low'];

/** What one may do with a task besides deciding it. */
export function TaskActs({ task }: { task: TaskDetail }) {
  const [asking, setAsking] = useState<Asking>(null);
  const [busy, setBusy] = useState(false);
  const params = { taskId: task.id };
  const perform = async (act: () => Promise<TaskDetail>, done?: string) => {
    setBusy(true);
    try {
      showTask(await act());
      if (done) toast(done);
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  };
  const reasonOf = (reason: string) => (reason ? { reason } : {});
  const give = async (person: PersonChoice, reason: string) => {
    const body = { userId: person.id, ...reasonOf(reason) };
    showTask(await api(asking === 'delegate' ? 'delegateTask' : 'assignTask', { params, body }));
    toast(asking === 'delegate' ? `${person.name} decides for you now.` : `Assigned to ${person.name}.`);
  };
  const { may } = task;
  const isAside = task.followUpAt !== null && task.followUpAt > Date.now();
  const mayPutAside = may.claim || may.release;
  const entries: MenuEntry[] = [
    ...(may.delegate ? [{ label: 'Delegate my decision…', icon: Forward, perform: () => setAsking('delegate') }] : []),
    ...(may.takeBack
      ? [
          {
            label: 'Take my decision back',
            icon: Undo2,
            perform: () => void perform(() => api('delegateTask', { params, body: { userId: null } })),
          },
        ]
      : []),
    ...(mayPutAside && !isAside ? [{ label: 'Put aside…', icon: Clock3, perform: () => setAsking('aside') }] : []),
    ...(isAside && may.release
      ? [
          {
            label: 'Bring back now',
            icon: Clock3,
            perform: () => void perform(() => api('putTaskAside', { params, body: { until: null } })),
          },
        ]
      : []),
    ...(may.change ? [{ label: 'Set due date…', icon: CalendarClock, perform: () => setAsking('due') }] : []),
    {
      label: 'Copy link',
      icon: Link2,
      perform: () => {
        const link = `${window.location.origin}/inbox/${encodeURIComponent(task.id)}`;
        navigator.clipboard
          .writeText(link)
          .then(() => toast('The link is copied. It opens the task; it decides nothing.'), toastError);
      },
    },
    ...(may.change
      ? [
          'rule' as const,
          { heading: 'Priority' },
          ...priorities.map((priority) => ({
            label: priorityWords[priority],
            ...(priority === task.priority ? { icon: Flag } : {}),
            perform: () => void perform(() => api('prioritiseTask', { params, body: { priority } })),
          })),
        ]
      : []),
  ];
  return (
    <span className="row task-acts">
      {may.release && (
        <Button
          small
          icon={Undo2}
          disabled={busy}
          onClick={() => void perform(() => api('claimTask', { params, body: { claim: false } }))}
        >
          Give back
        </Button>
      )}
      {may.claim && (
        <Button
          small
          icon={Hand}
          data-act="claim"
          disabled={busy}
          onClick={() => void perform(() => api('claimTask', { params, body: { claim: true } }))}
        >
          Claim
        </Button>
      )}
      {may.assign && (
        <Button small icon={UserPlus} disabled={busy} onClick={() => setAsking('assign')}>
          Assign…
        </Button>
      )}
      <IconButton
        small
        icon={task.watching ? EyeOff : Eye}
        label={task.watching ? 'Stop watching' : 'Watch'}
        aria-pressed={task.watching}
        disabled={busy}
        onClick={() => void perform(() => api('watchTask', { params, body: { watch: !task.watching } }))}
      />
      <Menu entries={entries}>
        <button type="button" className="btn btn--ghost btn--icon btn--small" aria-label="More acts">
          <Ellipsis size={16} aria-hidden />
        </button>
      </Menu>
      {(asking === 'assign' || asking === 'delegate') && (
        <PersonDialog taskId={task.id} to={asking} about={task.title} onChoose={give} onClose={() => setAsking(null)} />
      )}
      {asking === 'aside' && (
        <MomentDialog
          title="Put aside until"
          about="It leaves your lists until then and is under “Later”. You keep it meanwhile."
          act="Put aside"
          start={null}
          onChoose={async (until) => showTask(await api('putTaskAside', { params, body: { until } }))}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === 'due' && (
        <MomentDialog
          title="Set the due date"
          about="Everybody who was asked sees it, and is told before it is due."
          act="Set due date"
          start={task.dueAt}
          reasonHelp="Stands in the history."
          {...(task.dueAt === null ? {} : { clear: 'No due date' })}
          onChoose={async (dueAt, reason) => showTask(await api('setTaskDue', { params, body: { dueAt, reason } }))}
          onClose={() => setAsking(null)}
        />
      )}
    </span>
  );
}
