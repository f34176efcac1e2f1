import type { Role } from '@waybill/api-contract';
import { roleNames } from '@waybill/api-contract';
import { useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { SelectField, TextField } from '../../ui/Field.tsx';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { useSending } from '../../ui/sending.ts';
import { CopyButton } from '../data/CopyButton.tsx';
import { RoleChoice } from './RoleChoice.tsx';

const DAY_MS = 86_400_000;
const lifetimes = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'One year' },
  { value: '', label: 'Until it is revoked' },
];

const focusOnceShown = (input: HTMLInputElement | null) => input?.focus();

/** Makes an API key, then shows its secret: the only time anybody sees it. */
export function KeyDialog({ onClose }: { onClose: () => void }) {
  const may = useMay();
  const [name, setName] = useState('');
  const [roles, setRoles] = useState<Role[]>(['viewer']);
  const [days, setDays] = useState('90');
  const sending = useSending();
  const [secret, setSecret] = useState<string | null>(null);

  const make = async () => {
    const made = await api('createKey', {
      body: { name: name.trim(), roles, ...(days ? { expiresAt: Date.now() + Number(days) * DAY_MS } : {}) },
    });
    setSecret(made.secret);
    void queryClient.invalidateQueries({ queryKey: ['listKeys'] });
  };

  if (secret !== null)
    return (
      <Dialog
        open
        onClose={onClose}
        title="Copy the key now"
        about="It is shown this once. Waybill keeps only a fingerprint of it."
        onSubmit={onClose}
        foot={
          <Button type="submit" look="primary">
            I have copied it
          </Button>
        }
      >
        <div className="secret">
          <input
            className="input input--mono"
            aria-label="API key"
            readOnly
            value={secret}
            ref={focusOnceShown}
            onFocus={(event) => event.target.select()}
          />
          <CopyButton text={secret} label="Copy the key" />
        </div>
        <p className="field__help">
          Send it with every call as the header <code>Authorization: Bearer …</code>
        </p>
      </Dialog>
    );

  return (
    <FormDialog
      onClose={onClose}
      title="New API key"
      about="For programs that call Waybill: scripts, dashboards, pipelines."
      width={560}
      sending={sending}
      sound={name.trim() !== '' && roles.length > 0}
      perform={make}
      act="Make key"
      leave="Cancel"
    >
      <TextField
        label="Name"
        value={name}
        maxLength={120}
        help="What uses it, for example “Nightly reconciliation”."
        error={sending.tried && name.trim() === '' ? 'Give it a name.' : undefined}
        onChange={setName}
      />
      <RoleChoice
        value={roles}
        offered={may('users.manage') ? roleNames : roleNames.filter((role) => role !== 'admin')}
        error={sending.tried && roles.length === 0 ? 'Choose at least one role.' : undefined}
        onChange={setRoles}
      />
      <SelectField label="Valid for" options={lifetimes} value={days} onChange={setDays} />
    </FormDialog>
  );
}
