import type { User } from '@waybill/api-contract';
import { useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { wordsOf } from '../../api/problem-words.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { TextAreaField } from '../../ui/Field.tsx';
import { bringIntoView, focusFirstFault } from '../../ui/reveal.ts';
import { toast } from '../../ui/toasts.ts';
import { AbsenceFields } from './AbsenceFields.tsx';
import { absenceFaults, absenceOf, startAbsence } from './absence-form.ts';

/** For somebody who is away and cannot say so themselves. */
export function UserAbsenceDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const [form, setForm] = useState(() => startAbsence(user.absence, Date.now()));
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<{ what: string; fix: string } | null>(null);
  const faults = tried ? absenceFaults(form, Date.now()) : {};
  const reasonMissing = reason.trim() === '';
  const send = async (absence: ReturnType<typeof absenceOf> | null, done: string) => {
    setTried(true);
    if (busy) return;
    const isFaulty = absence !== null && Object.keys(absenceFaults(form, Date.now())).length > 0;
    if (isFaulty || reasonMissing) return focusFirstFault();
    setBusy(true);
    setProblem(null);
    try {
      await api('setUserAbsence', { params: { userId: user.id }, body: { absence, reason: reason.trim() } });
      await queryClient.invalidateQueries({ queryKey: ['listUsers'] });
      toast(done);
      onClose();
    } catch (error) {
      setProblem(wordsOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={`${user.name} is away`}
      about="Tasks addressed to them by name can then be decided by the deputy, for them."
      width={480}
      onSubmit={() => void send(absenceOf(form), 'Saved. The deputy sees the tasks meanwhile.')}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          {user.absence && (
            <Button disabled={busy} onClick={() => void send(null, `${user.name} decides for themselves again.`)}>
              End the absence
            </Button>
          )}
          <Button type="submit" look="primary" disabled={busy}>
            Save
          </Button>
        </>
      }
    >
      <div className="stack">
        <AbsenceFields
          form={form}
          faults={faults}
          userId={user.id}
          onChange={(part) => setForm((before) => ({ ...before, ...part }))}
        />
        <TextAreaField
          label="Reason"
          rows={2}
          value={reason}
          help="Kept in the audit log."
          error={tried && reasonMissing ? 'Say why they do not do it themselves.' : undefined}
          onChange={setReason}
        />
        {problem && (
          <p className="callout callout--failed" role="alert" ref={bringIntoView}>
            {problem.what} {problem.fix}
          </p>
        )}
      </div>
    </Dialog>
  );
}
