import { X } from 'lucide-react';
import { Dialog as Primitive } from 'radix-ui';
import type { CSSProperties, FormEvent, ReactNode } from 'react';
import { useRef } from 'react';
import { IconButton } from './Button.tsx';

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  /** One sentence under the title. */
  about?: string;
  /** Canvas pixels; default 520. */
  width?: number;
  as?: 'dialog' | 'drawer';
  /** Buttons at the bottom. */
  foot?: ReactNode;
  /** Makes the dialog a form: Enter submits. */
  onSubmit?: () => void;
  children: ReactNode;
}

/** The first field if there is one, else the sheet: never the close button, whose tooltip would swallow Escape. */
function focusFirstField(event: Event) {
  event.preventDefault();
  const sheet = event.currentTarget as HTMLElement;
  const field = sheet.querySelector<HTMLElement>('.dialog__body :is(input, textarea, select):not(:disabled)');
  (field ?? sheet).focus();
}

/** A modal sheet: focus is held inside, Escape and the scrim close it, focus returns to where it was. */
export function Dialog({ open, onClose, title, about, width, as = 'dialog', foot, onSubmit, children }: DialogProps) {
  const opener = useRef<Element | null>(null);
  const style = width
    ? ({ '--dialog-width': `${width}px`, '--drawer-width': `${width}px` } as CSSProperties)
    : undefined;
  const inside = (
    <>
      <div className="dialog__body">{children}</div>
      {foot && <div className="dialog__foot">{foot}</div>}
    </>
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // A dialog above a form is no part of it, though its events pass through it.
    event.stopPropagation();
    onSubmit?.();
  };
  return (
    <Primitive.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Primitive.Portal>
        <Primitive.Overlay className="scrim" />
        <Primitive.Content
          className={as}
          style={style}
          onOpenAutoFocus={(event) => {
            opener.current = document.activeElement;
            focusFirstField(event);
          }}
          // Our dialogs are opened by state, not by a trigger part, so the way back is ours to remember.
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (opener.current instanceof HTMLElement && opener.current.isConnected) opener.current.focus();
          }}
          {...(about ? {} : { 'aria-describedby': undefined })}
        >
          <div className="dialog__head">
            <div>
              <Primitive.Title asChild>
                <h2>{title}</h2>
              </Primitive.Title>
              {about && (
                <Primitive.Description asChild>
                  <p>{about}</p>
                </Primitive.Description>
              )}
            </div>
            <IconButton label="Close" icon={X} small onClick={onClose} />
          </div>
          {onSubmit ? (
            <form onSubmit={submit} style={{ display: 'contents' }}>
              {inside}
            </form>
          ) : (
            inside
          )}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
