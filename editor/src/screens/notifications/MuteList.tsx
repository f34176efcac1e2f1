import type { Mute } from '@waybill/api-contract';
import { BellOff } from 'lucide-react';
import { useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { useApiQuery } from '../../api/queries.ts';
import { useMay, useMe } from '../../api/session.ts';
import { Button } from '../../ui/Button.tsx';
import { SearchBox, SelectField, TextField } from '../../ui/Field.tsx';
import { EmptyState } from '../../ui/States.tsx';
import { toast, toastError } from '../../ui/toasts.ts';
import { classLabels } from '../exceptions/exception-words.ts';
import type { MuteLength } from './notification-words.ts';
import { lengths, mutedUntil, subjectLabels } from './notification-words.ts';

const choices = (['flow', 'class', 'group', 'business-key'] as const).map((value) => ({
  value,
  label: subjectLabels[value],
}));
const classes = Object.entries(classLabels).map(([value, label]) => ({ value, label }));
const refresh = () => queryClient.invalidateQueries({ queryKey: ['getMyNotifications'] });

async function add(rule: Pick<Mute, 'subject' | 'value' | 'label' | 'until'>): Promise<void> {
  await api('addMute', { body: rule });
  await refresh();
}

async function remove(mute: Mute): Promise<void> {
  try {
    const { subject, value, label, until } = await api('removeMute', { params: { muteId: mute.id } });
    await refresh();
    const undo = () => void add({ subject, value, label, until }).catch(toastError);
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
          {text ? 'Try fewer letters.' : 'Mute a flow or a kind of problem that is not yours to solve.'}
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

function NewMute() {
  const may = useMay();
  const flows = useApiQuery('listFlows', { query: { limit: 200 } }, { enabled: may('flows.read') });
  const [subject, setSubject] = useState<(typeof choices)[number]['value']>('flow');
  const [value, setValue] = useState('');
  const [length, setLength] = useState<MuteLength>('week');
  const [busy, setBusy] = useState(false);
  const { user } = useMe();
  const known = {
    flow: (flows.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
    class: classes,
    group: [...new Set([...user.groups, ...user.roles])].map((name) => ({ value: name, label: name })),
    'business-key': [],
  }[subject];
  const save = async () => {
    if (busy || value.trim() === '') return;
    setBusy(true);
    const label = subject === 'business-key' ? value : (known.find((one) => one.value === value)?.label ?? value);
    try {
      await add({ subject, value, label, until: mutedUntil(length, Date.now()) });
      toast(`“${label}” is muted.`);
      setValue('');
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <SelectField
        label="Mute"
        value={subject}
        options={choices}
        onChange={(next) => {
          setSubject(next as typeof subject);
          setValue('');
        }}
      />
      {subject === 'business-key' ? (
        <TextField label="Which" value={value} maxLength={200} onChange={setValue} />
      ) : (
        <SelectField
          label="Which"
          value={value}
          options={[{ value: '', label: 'Choose…' }, ...known]}
          onChange={setValue}
        />
      )}
      <SelectField
        label="How long"
        value={length}
        options={lengths.map(({ value: one, label }) => ({ value: one, label }))}
        onChange={(next) => setLength(next as MuteLength)}
      />
      <div>
        <Button type="submit" icon={BellOff} disabled={busy || value.trim() === ''}>
          Mute
        </Button>
      </div>
    </form>
  );
}
