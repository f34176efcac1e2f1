import { FormDialog } from './FormDialog.tsx';
import { useSending } from './sending.ts';

export interface Question {
  title: string;
  about: string;
  confirm: string;
  danger?: boolean;
  perform: () => Promise<unknown> | unknown;
}

interface AskedProps {
  question: Question;
  onClose: () => void;
}

/** Asks before something that cannot be undone; a failed action keeps the dialog open. */
export const Confirm = ({ question, onClose }: { question: Question | null; onClose: () => void }) =>
  question && <Asked question={question} onClose={onClose} />;

function Asked({ question, onClose }: AskedProps) {
  const sending = useSending();
  const perform = async () => {
    await question.perform();
    onClose();
  };
  return (
    <FormDialog
      onClose={onClose}
      title={question.title}
      width={440}
      sending={sending}
      sound
      perform={perform}
      act={question.confirm}
      danger={question.danger ?? false}
      leave="Cancel"
    >
      <p>{question.about}</p>
    </FormDialog>
  );
}
