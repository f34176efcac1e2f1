import type { Connection } from '@waybill/api-contract';
import { assertNever } from '@waybill/flow-model';
import { useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { TextField } from '../../ui/Field.tsx';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { ReasonField } from '../../ui/ReasonField.tsx';
import { useSending } from '../../ui/sending.ts';
import { Segments } from '../../ui/Tabs.tsx';
import { toast } from '../../ui/toasts.ts';
import { actLooks } from './act-looks.ts';
import type { ConnectionAct } from './gauge-words.ts';
import { localMoment, momentOf } from './limits-form.ts';

const hourMs = 3_600_000;
const lengths = [
  { value: '0.5', label: '30 min' },
  { value: '1', label: '1 h' },
  { value: '2', label: '2 h' },
  { value: '4', label: '4 h' },
  { value: '8', label: '8 h' },
  { value: 'other', label: 'Until…' },
] as const;

interface ConnectionActDialogProps {
  connection: Pick<Connection, 'id' | 'name' | 'usedByFlows'>;
  act: ConnectionAct;
  onClose: () => void;
}

/** Asks for the reason before the way to a system is closed or opened, and says what that means. */
export function ConnectionActDialog({ connection, act, onClose }: ConnectionActDialogProps) {
  const look = actLooks[act];
  const [reason, setReason] = useState('');
  const [length, setLength] = useState<(typeof lengths)[number]['value']>('1');
  const [moment, setMoment] = useState(() => localMoment(Date.now() + hourMs));
  const sending = useSending();

  const until = () => (length === 'other' ? momentOf(moment) : Date.now() + Number(length) * hourMs);
  const end = until();
  const wrongEnd = act === 'start-maintenance' && (end === null || end <= Date.now());

  const send = async (): Promise<string> => {
    const params = { connectionId: connection.id };
    const body = { reason: reason.trim() };
    switch (act) {
      case 'pause':
        await api('pauseConnection', { params, body });
        return look.done;
      case 'resume':
        await api('resumeConnection', { params, body });
        return look.done;
      case 'start-maintenance':
        await api('startMaintenance', { params, body: { ...body, until: until() ?? 0 } });
        return look.done;
      case 'end-maintenance':
        await api('endMaintenance', { params, body });
        return look.done;
      case 'try-now': {
        const { answer } = await api('tryConnectionNow', { params, body });
        if (!answer) return look.done;
        return answer.ok ? `“${connection.name}” answers again.` : `It still fails. ${answer.what}`;
      }
      default:
        return assertNever(act);
    }
  };
  const perform = async () => {
    toast(await send());
    await Promise.all(
      ['connectionGauges', 'listConnections'].map((route) => queryClient.invalidateQueries({ queryKey: [route] })),
    );
    onClose();
  };
  const flows = connection.usedByFlows;

  return (
    <FormDialog
      onClose={onClose}
      title={look.title(connection.name)}
      about={look.about}
      width={500}
      sending={sending}
      sound={(!look.needsReason || reason.trim() !== '') && !wrongEnd}
      perform={perform}
      act={look.label}
      icon={look.icon}
    >
      {(act === 'pause' || act === 'start-maintenance') && flows.length > 0 && (
        <p>
          Flows that wait: <strong>{flows.map((flow) => flow.name).join(', ')}</strong>
        </p>
      )}
      {act === 'start-maintenance' && (
        <>
          <Segments label="For how long" value={length} onChange={setLength} options={lengths} />
          {length === 'other' && (
            <TextField
              label="Until"
              type="datetime-local"
              value={moment}
              error={sending.tried && wrongEnd ? 'Choose a moment that is still to come.' : undefined}
              onChange={setMoment}
            />
          )}
        </>
      )}
      <ReasonField
        value={reason}
        tried={sending.tried}
        optional={!look.needsReason}
        maxLength={500}
        help="Shown to everybody who looks at this connection, and kept in the audit log."
        onChange={setReason}
      />
    </FormDialog>
  );
}
