import { useState } from 'react';
import { Button } from '../../ui/Button.tsx';
import { TextField } from '../../ui/Field.tsx';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { useSending } from '../../ui/sending.ts';
import { localDateTime, momentOf, nextMornings } from './moments.ts';

interface MomentDialogProps {
  title: string;
  about: string;
  act: string;
  /** Epoch ms shown at first. */
  start: number | null;
  /** What the history says; left out: no reason is asked for. */
  reasonHelp?: string;
  /** Takes the date away. */
  clear?: string;
  onChoose: (at: number | null, reason: string) => Promise<unknown>;
  onClose: () => void;
}

/** Asks for a moment to come: by the usual choices or exactly. */
export function MomentDialog({ title, about, act, start, reasonHelp, clear, onChoose, onClose }: MomentDialogProps) {
  const [typed, setTyped] = useState(() => (start === null ? '' : localDateTime(start)));
  const [reason, setReason] = useState('');
  const sending = useSending();
  const at = momentOf(typed);
  const fault =
    at === null ? 'Choose a day and time.' : at <= Date.now() ? 'Choose a moment that is still to come.' : undefined;
  const reasonFault = reasonHelp !== undefined && reason.trim() === '' ? 'Say why.' : undefined;
  const choose = async (moment: number | null) => {
    await onChoose(moment, reason.trim());
    onClose();
  };
  return (
    <FormDialog
      onClose={onClose}
      title={title}
      about={about}
      width={440}
      sending={sending}
      sound={!fault && !reasonFault}
      perform={() => choose(at)}
      act={act}
      leave="Cancel"
      more={
        clear && (
          <Button look="ghost" disabled={sending.busy} onClick={() => sending.send(!reasonFault, () => choose(null))}>
            {clear}
          </Button>
        )
      }
    >
      <div className="row moments">
        {nextMornings(Date.now()).map((one) => (
          <Button key={one.label} small onClick={() => setTyped(localDateTime(one.at))}>
            {one.label}
          </Button>
        ))}
      </div>
      <TextField
        label="Day and time"
        type="datetime-local"
        value={typed}
        error={sending.tried ? fault : undefined}
        onChange={setTyped}
      />
      {reasonHelp !== undefined && (
        <TextField
          label="Why"
          value={reason}
          maxLength={1_000}
          help={reasonHelp}
          error={sending.tried ? reasonFault : undefined}
          onChange={setReason}
        />
      )}
    </FormDialog>
  );
}
