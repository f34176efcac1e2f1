import { useState } from 'react';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { TextField } from '../../ui/Field.tsx';
import { toastError } from '../../ui/toasts.ts';

interface RevealDialogProps {
  onReveal: (reason: string) => Promise<void>;
  onClose: () => void;
}

/** Asks why somebody needs to see what is hidden. */
export function RevealDialog({ onReveal, onClose }: RevealDialogProps) {
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
      title="Show what is hidden?"
      about="Your name, the time and the reason are written into the history and the audit log."
      width={440}
      onSubmit={() => void reveal()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary">
            Show it
          </Button>
        </>
      }
    >
      <TextField
        label="Why do you need it?"
        value={reason}
        maxLength={1_000}
        error={tried && reason.trim() === '' ? 'Say why.' : undefined}
        onChange={setReason}
      />
    </Dialog>
  );
}
