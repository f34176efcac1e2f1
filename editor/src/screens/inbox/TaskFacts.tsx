import type { Task } from '@waybill/api-contract';
import type { JsonValue } from '@waybill/flow-model';
import { Eye, Lock } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { TextField } from '../../ui/Field.tsx';
import { toastError } from '../../ui/toasts.ts';
import { refreshTasks } from './refresh-tasks.ts';
import { factWords } from './task-words.ts';

/** What is known, to decide without leaving the inbox. Hidden values are fetched only on request, with a reason. */
export function TaskFacts({ task }: { task: Task }) {
  const [shown, setShown] = useState<ReadonlyMap<string, JsonValue>>(new Map());
  const [asking, setAsking] = useState(false);
  if (task.facts.length === 0) return null;
  const isHidden = task.facts.some((fact) => fact.masked && !shown.has(fact.label));
  return (
    <div>
      <table className="facts" aria-label="Facts">
        <tbody>
          {task.facts.map((fact) => (
            <tr key={fact.label}>
              <th scope="row">{fact.label}</th>
              <td>
                {fact.masked && !shown.has(fact.label) ? (
                  <span className="facts__hidden">
                    <Lock size={13} aria-hidden /> Hidden
                  </span>
                ) : (
                  factWords(fact.masked ? (shown.get(fact.label) ?? null) : fact.value)
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {isHidden && task.may.reveal && (
        <Button small look="ghost" icon={Eye} onClick={() => setAsking(true)}>
          Show hidden facts
        </Button>
      )}
      {asking && (
        <RevealDialog
          onClose={() => setAsking(false)}
          onReveal={async (reason) => {
            const { facts } = await api('revealTask', { params: { taskId: task.id }, body: { reason } });
            setShown(new Map(facts.map((fact) => [fact.label, fact.value])));
            void refreshTasks();
          }}
        />
      )}
    </div>
  );
}

function RevealDialog({ onReveal, onClose }: { onReveal: (reason: string) => Promise<void>; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const reveal = async () => {
    setTried(true);
    if (reason.trim() === '') return;
    try {
      await onReveal(reason.trim());
      onClose();
    } catch (error) {
      toastError(error);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title="Show hidden facts?"
      about="Your name, the time and the reason are written into the history and the audit log."
      width={440}
      onSubmit={() => void reveal()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary">
            Show them
          </Button>
        </>
      }
    >
      <TextField
        label="Why do you need them?"
        value={reason}
        maxLength={1_000}
        error={tried && reason.trim() === '' ? 'Say why.' : undefined}
        onChange={setReason}
      />
    </Dialog>
  );
}
