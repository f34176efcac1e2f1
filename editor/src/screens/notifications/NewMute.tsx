import { BellOff } from 'lucide-react';
import { useState } from 'react';
import { useApiQuery } from '../../api/queries.ts';
import { useMay, useMe } from '../../api/session.ts';
import { Button } from '../../ui/Button.tsx';
import { SelectField, TextField } from '../../ui/Field.tsx';
import { toast, toastError } from '../../ui/toasts.ts';
import { classLabels } from '../exceptions/exception-words.ts';
import { addMute } from './mutes.ts';
import type { MuteLength } from './notification-words.ts';
import { lengths, mutedUntil, subjectLabels } from './notification-words.ts';

const subjects = ['flow', 'connection', 'class', 'group', 'business-key'] as const;
const classes = Object.entries(classLabels).map(([value, label]) => ({ value, label }));

/** The form that mutes one more thing. */
export function NewMute() {
  const may = useMay();
  const mayConnections = may('connections.read');
  const flows = useApiQuery('listFlows', { query: { limit: 200 } }, { enabled: may('flows.read') });
  const connections = useApiQuery('listConnections', { query: { limit: 200 } }, { enabled: mayConnections });
  const [subject, setSubject] = useState<(typeof subjects)[number]>('flow');
  const [value, setValue] = useState('');
  const [length, setLength] = useState<MuteLength>('week');
  const [busy, setBusy] = useState(false);
  const { user } = useMe();
  const known = {
    flow: (flows.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
    connection: (connections.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
    class: classes,
    group: [...new Set([...user.groups, ...user.roles])].map((name) => ({ value: name, label: name })),
    'business-key': [],
  }[subject];
  const save = async () => {
    if (busy || value.trim() === '') return;
    setBusy(true);
    const label = subject === 'business-key' ? value : (known.find((one) => one.value === value)?.label ?? value);
    try {
      await addMute({ subject, value, label, until: mutedUntil(length, Date.now()) });
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
        options={subjects
          .filter((one) => one !== 'connection' || mayConnections)
          .map((one) => ({ value: one, label: subjectLabels[one] }))}
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
