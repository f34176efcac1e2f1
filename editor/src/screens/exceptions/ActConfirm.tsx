import type { ExceptionAct, ExceptionDetail } from '@waybill/api-contract';
import { useState } from 'react';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Switch, TextAreaField } from '../../ui/Field.tsx';
import { actLabels, actMeans, othersWords } from './exception-words.ts';

export type AskedAct = 'retry' | 'skip' | 'resolved-outside' | 'cancel-run';

interface ActConfirmProps {
  exception: Pick<ExceptionDetail, 'title' | 'subject' | 'siblings' | 'acts'>;
  act: AskedAct;
  busy: boolean;
  onClose: () => void;
  onSend: (act: ExceptionAct, forAll: boolean) => void;
}

/** Asks before a problem is acted on: what follows, why, and whether its siblings go along. */
export function ActConfirm({ exception, act, busy, onClose, onSend }: ActConfirmProps) {
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const [cancelRun, setCancelRun] = useState(false);
  const [forAll, setForAll] = useState(false);
  const why = reason.trim();
  const missing = act !== 'retry' && why === '';
  const send = () => {
    setTried(true);
    if (missing) return;
    onSend(actOf(act, why, cancelRun), forAll);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={`${actLabels[act]}?`}
      about={exception.subject?.label ?? exception.title}
      width={480}
      onSubmit={send}
      foot={
        <>
          <Button onClick={onClose}>Back</Button>
          <Button type="submit" look={act === 'cancel-run' ? 'danger-solid' : 'primary'} disabled={busy}>
            {forAll ? 'Look at all of them' : actLabels[act]}
          </Button>
        </>
      }
    >
      <div className="stack">
        <p>{actMeans[act]}</p>
        <TextAreaField
          label={act === 'retry' ? 'Reason (optional)' : 'Reason'}
          rows={2}
          value={reason}
          help="Kept with the problem and in the audit log."
          error={tried && missing ? 'Say why: others will read it.' : undefined}
          onChange={setReason}
        />
        {act === 'resolved-outside' && exception.acts.includes('cancel-run') && (
          <Switch label="Cancel the run as well" checked={cancelRun} onChange={setCancelRun} />
        )}
        {exception.siblings > 0 && (
          <Switch
            label={`Do the same for ${othersWords(exception.siblings)} with this cause`}
            checked={forAll}
            onChange={setForAll}
          />
        )}
      </div>
    </Dialog>
  );
}

function actOf(act: AskedAct, reason: string, cancelRun: boolean): ExceptionAct {
  switch (act) {
    case 'retry':
      return { act, ...(reason ? { reason } : {}) };
    case 'skip':
    case 'cancel-run':
      return { act, reason };
    case 'resolved-outside':
      return { act, reason, cancelRun };
    default:
      return act satisfies never;
  }
}
