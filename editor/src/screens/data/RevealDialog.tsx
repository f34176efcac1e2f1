import { useState } from 'react';
import { TextField } from '../../ui/Field.tsx';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { useSending } from '../../ui/sending.ts';

interface RevealDialogProps {
  onReveal: (reason: string) => Promise<void>;
  onClose: () => void;
}

/** Asks why somebody needs to see what is hidden. */
export function RevealDialog({ onReveal, onClose }: RevealDialogProps) {
  const [reason, setReason] = useState('');
  const sending = useSending();
  const isReasoned = reason.trim() !== '';
  const reveal = async () => {
    await onReveal(reason.trim());
    onClose();
  };
  return (
    <FormDialog
      onClose={onClose}
      title="Show what is hidden?"
      about="Your name, the time and the reason are written into the history and the audit log."
      width={440}
      sending={sending}
      sound={isReasoned}
      perform={reveal}
      act="Show it"
      leave="Cancel"
    >
      <TextField
        label="Why do you need it?"
        value={reason}
        maxLength={1_000}
        error={sending.tried && !isReasoned ? 'Say why.' : undefined}
        onChange={setReason}
      />
    </FormDialog>
  );
}
