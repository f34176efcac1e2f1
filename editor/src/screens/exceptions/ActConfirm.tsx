import type { ExceptionAct, ExceptionDetail } from '@waybill/api-contract';
import { useState } from 'react';
import { Switch } from '../../ui/Field.tsx';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { ReasonField } from '../../ui/ReasonField.tsx';
import { useSending } from '../../ui/sending.ts';
import { actLabels, actMeans, othersWords } from './exception-words.ts';

export type AskedAct = 'retry' | 'skip' | 'resolved-outside' | 'cancel-run';

interface ActConfirmProps {
  exception: Pick<ExceptionDetail, 'title' | 'subject' | 'siblings' | 'acts'>;
  act: AskedAct;
  onClose: () => void;
  onSend: (act: ExceptionAct, forAll: boolean) => void;
}

/** Asks before a problem is acted on: what follows, why, and whether its siblings go along. */
export function ActConfirm({ exception, act, onClose, onSend }: ActConfirmProps) {
  const [reason, setReason] = useState('');
  const sending = useSending();
  const [cancelRun, setCancelRun] = useState(false);
  const [forAll, setForAll] = useState(false);
  const why = reason.trim();
  return (
    <FormDialog
      onClose={onClose}
      title={`${actLabels[act]}?`}
      about={exception.subject?.label ?? exception.title}
      width={480}
      sending={sending}
      sound={act === 'retry' || why !== ''}
      perform={async () => onSend(actOf(act, why, cancelRun), forAll)}
      act={forAll ? 'Look at all of them' : actLabels[act]}
      danger={act === 'cancel-run'}
    >
      <p>{actMeans[act]}</p>
      <ReasonField
        value={reason}
        tried={sending.tried}
        optional={act === 'retry'}
        help="Kept with the problem and in the audit log."
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
    </FormDialog>
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
