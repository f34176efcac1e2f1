import { useState } from 'react';
import { Button } from './Button.tsx';
import { Dialog } from './Dialog.tsx';
import { toastError } from './toasts.ts';

export interface Question {
  title: string;
  about: string;
  confirm: string;
  danger?: boolean;
  perform: () => Promise<unknown> | unknown;
}

/** Asks before something that cannot be undone; a failed action keeps the dialog open. */
export function Confirm({ question, onClose }: { question: Question | null; onClose: () => void }) {
  const [busy, setBusy] = useState(false);
  const perform = async () => {
    setBusy(true);
    try {
      await question?.perform();
      onClose();
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open={question !== null}
      onClose={onClose}
      title={question?.title ?? ''}
      width={440}
      onSubmit={() => void perform()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look={question?.danger ? 'danger-solid' : 'primary'} disabled={busy}>
            {question?.confirm}
          </Button>
        </>
      }
    >
      <p>{question?.about}</p>
    </Dialog>
  );
}
