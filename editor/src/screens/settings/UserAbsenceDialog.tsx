import type { User } from '@waybill/api-contract';
import { useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { Button } from '../../ui/Button.tsx';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { ReasonField } from '../../ui/ReasonField.tsx';
import { useSending } from '../../ui/sending.ts';
import { toast } from '../../ui/toasts.ts';
import { AbsenceFields } from './AbsenceFields.tsx';
import { absenceFaults, absenceOf, startAbsence } from './absence-form.ts';

/** For somebody who is away and cannot say so themselves. */
export function UserAbsenceDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const [form, setForm] = useState(() => startAbsence(user.absence, Date.now()));
  const [reason, setReason] = useState('');
  const sending = useSending();
  const faults = absenceFaults(form, Date.now());
  const isSound = Object.keys(faults).length === 0;
  const isReasoned = reason.trim() !== '';
  const send = async (absence: ReturnType<typeof absenceOf> | null, done: string) => {
    await api('setUserAbsence', { params: { userId: user.id }, body: { absence, reason: reason.trim() } });
    await queryClient.invalidateQueries({ queryKey: ['listUsers'] });
    toast(done);
    onClose();
  };
  return (
    <FormDialog
      onClose={onClose}
      title={`${user.name} is away`}
      about="Tasks addressed to them by name can then be decided by the deputy, for them."
      width={480}
      sending={sending}
      sound={isSound && isReasoned}
      perform={() => send(absenceOf(form), 'Saved. The deputy sees the tasks meanwhile.')}
      act="Save"
      leave="Cancel"
      more={
        user.absence && (
          <Button
            disabled={sending.busy}
            onClick={() => sending.send(isReasoned, () => send(null, `${user.name} decides for themselves again.`))}
          >
            End the absence
          </Button>
        )
      }
    >
      <AbsenceFields
        form={form}
        faults={sending.tried ? faults : {}}
        userId={user.id}
        onChange={(part) => setForm((before) => ({ ...before, ...part }))}
      />
      <ReasonField
        value={reason}
        tried={sending.tried}
        help="Kept in the audit log."
        fault="Say why they do not do it themselves."
        onChange={setReason}
      />
    </FormDialog>
  );
}
