import type { PersonChoice } from '@waybill/api-contract';
import { Hand, UserPlus, X } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { Button, IconButton } from '../../ui/Button.tsx';
import { toast, toastError } from '../../ui/toasts.ts';
import { PersonDialog } from './PersonDialog.tsx';
import { refreshTasks } from './refresh-tasks.ts';

interface BulkBarProps {
  taskIds: readonly string[];
  onDone: () => void;
}

/** Claims or assigns what is ticked. Decisions are made one by one. */
export function BulkBar({ taskIds, onDone }: BulkBarProps) {
  const [assigning, setAssigning] = useState(false);
  const [busy, setBusy] = useState(false);
  const [first] = taskIds;
  const send = async (to: { userId?: string; reason?: string }, done: string) => {
    const { items } = await api('claimTasks', { body: { taskIds: [...taskIds], ...to } });
    const failed = items.filter((item) => !item.done);
    const words = `${items.length - failed.length} of ${items.length} ${done}.`;
    if (failed.length === 0) toast(words);
    else toast(`${words} ${failed[0]?.whyNot ?? ''}`, { tone: 'failed' });
    onDone();
    void refreshTasks();
  };
  const claim = async () => {
    setBusy(true);
    try {
      await send({}, 'claimed');
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="inbox__bulk" aria-label="Selected tasks">
      <strong>{taskIds.length} selected</strong>
      <Button small icon={Hand} disabled={busy} onClick={() => void claim()}>
        Claim
      </Button>
      <Button small icon={UserPlus} disabled={busy} onClick={() => setAssigning(true)}>
        Assign…
      </Button>
      <IconButton small icon={X} label="Clear the selection" onClick={onDone} />
      {assigning && first !== undefined && (
        <PersonDialog
          taskId={first}
          to="assign"
          about={`${taskIds.length} tasks. A task this person may not decide stays where it is.`}
          onChoose={(person: PersonChoice, reason) =>
            send({ userId: person.id, ...(reason ? { reason } : {}) }, `assigned to ${person.name}`)
          }
          onClose={() => setAssigning(false)}
        />
      )}
    </section>
  );
}
