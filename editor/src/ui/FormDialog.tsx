import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from './Button.tsx';
import { Dialog } from './Dialog.tsx';
import { RunNames } from './RunNames.tsx';
import { bringIntoView } from './reveal.ts';
import type { Sending } from './sending.ts';

interface FormDialogProps {
  title: string;
  /** One sentence under the title. */
  about?: string | undefined;
  /** Canvas pixels; default 520. */
  width?: number;
  sending: Sending;
  /** Whether what was typed may be sent. */
  sound: boolean;
  /** Sends it. What it throws is shown and the dialog stays; closing is its own business. */
  perform: () => Promise<unknown>;
  /** What the button that sends says. */
  act: string;
  icon?: LucideIcon;
  danger?: boolean;
  /** Nothing can be sent yet, whatever is typed: the preview is not there, nobody is chosen. */
  blocked?: boolean;
  /** The button that leaves things as they are: `Back` from a question, `Cancel` from a form. */
  leave?: 'Back' | 'Cancel';
  /** Further buttons, before the one that sends. */
  more?: ReactNode;
  onClose: () => void;
  children: ReactNode;
}

/** A dialog that is a form: Enter sends, faults get the keyboard, a refusal is told above the buttons. */
export function FormDialog({ title, about, width, sending, onClose, children, ...rest }: FormDialogProps) {
  const { sound, perform, act, icon, danger = false, blocked = false, leave = 'Back', more } = rest;
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      {...(about ? { about } : {})}
      {...(width ? { width } : {})}
      onSubmit={() => {
        if (!blocked) sending.send(sound, perform);
      }}
      foot={
        <>
          <Button onClick={onClose}>{leave}</Button>
          {more}
          <Button
            type="submit"
            look={danger ? 'danger-solid' : 'primary'}
            disabled={sending.busy || blocked}
            {...(icon ? { icon } : {})}
          >
            {act}
          </Button>
        </>
      }
    >
      <div className="stack">
        {children}
        {sending.problem && (
          <p className="callout callout--failed" role="alert" ref={bringIntoView}>
            <span>
              <RunNames message={sending.problem} />
            </span>
          </p>
        )}
      </div>
    </Dialog>
  );
}
