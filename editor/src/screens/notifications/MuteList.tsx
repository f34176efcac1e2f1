import type { Mute } from '@waybill/api-contract';
import { BellOff } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { Button } from '../../ui/Button.tsx';
import { SearchBox } from '../../ui/Field.tsx';
import { EmptyState } from '../../ui/States.tsx';
import { toast, toastError } from '../../ui/toasts.ts';
import { addMute, refreshMutes } from './mutes.ts';
import { NewMute } from './NewMute.tsx';
import { subjectLabels } from './notification-words.ts';

async function remove(mute: Mute): Promise<void> {
  try {
    const { subject, value, label, until } = await api('removeMute', { params: { muteId: mute.id } });
    await refreshMutes();
    const undo = () => void addMute({ subject, value, label, until }).catch(toastError);
    toast(`You hear of “${label}” again.`, { action: { label: 'Undo', perform: undo } });
  } catch (error) {
    toastError(error);
  }
}

export function MuteList({ mutes }: { mutes: readonly Mute[] }) {
  const [text, setText] = useState('');
  const shown = mutes.filter((mute) => mute.label.toLowerCase().includes(text.toLowerCase()));
  return (
    <section className="sheet sheet--pad stack" aria-labelledby="notifications-muted">
      <h2 id="notifications-muted">What you muted</h2>
      {mutes.length > 0 && <SearchBox label="Search what you muted" value={text} onChange={setText} />}
      {shown.length === 0 ? (
        <EmptyState icon={BellOff} title={text ? 'Nothing muted matches' : 'Nothing is muted'}>
          {text ? 'Try fewer letters.' : 'Mute a flow, a system or a kind of problem that is not yours to solve.'}
        </EmptyState>
      ) : (
        <table className="table table--plain">
          <thead>
            <tr>
              <th>Muted</th>
              <th>Until</th>
              <th>
                <span className="sr-only">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((mute) => (
              <tr key={mute.id}>
                <td>
                  <strong>{mute.label}</strong>
                  <div className="muted">{subjectLabels[mute.subject]}</div>
                </td>
                <td>{mute.until === null ? 'you undo it' : new Date(mute.until).toLocaleString()}</td>
                <td className="table__actions">
                  <Button small aria-label={`Hear again of ${mute.label}`} onClick={() => void remove(mute)}>
                    Hear again
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <NewMute />
    </section>
  );
}
