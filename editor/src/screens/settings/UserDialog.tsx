import type { User } from '@waybill/api-contract';
import { useState } from 'react';
import { api, meKey, queryClient } from '../../api/client.ts';
import { useMe } from '../../api/session.ts';
import { Switch, TextField } from '../../ui/Field.tsx';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { useSending } from '../../ui/sending.ts';
import { toast } from '../../ui/toasts.ts';
import { PersonField } from '../data/PersonPicker.tsx';
import { RoleChoice } from './RoleChoice.tsx';
import type { UserForm } from './user-form.ts';
import { changesOf, groupsOf, personRoles, shortestPassword, startForm, userFaults } from './user-form.ts';

interface UserDialogProps {
  /** Null: a new one. */
  user: User | null;
  onClose: () => void;
}

/** Adds a person or changes what one may do. */
export function UserDialog({ user, onClose }: UserDialogProps) {
  const me = useMe().user;
  const [form, setForm] = useState(() => startForm(user));
  const sending = useSending();
  const found = userFaults(form, user === null);
  const faults = sending.tried ? found : {};
  const change = (part: Partial<UserForm>) => setForm((before) => ({ ...before, ...part }));
  const itself = user?.id === me.id;

  const save = async () => {
    const { name } = user
      ? await api('updateUser', { params: { userId: user.id }, body: changesOf(user, form) })
      : await api('createUser', {
          body: {
            name: form.name.trim(),
            email: form.email.trim().toLowerCase(),
            roles: [...form.roles],
            groups: groupsOf(form.groups),
            managerId: form.managerId || null,
            password: form.password,
          },
        });
    await queryClient.invalidateQueries({ queryKey: ['listUsers'] });
    if (itself) await queryClient.invalidateQueries({ queryKey: meKey });
    toast(user ? `${name} is changed.` : `${name} can sign in now.`);
    onClose();
  };

  return (
    <FormDialog
      onClose={onClose}
      title={user ? user.name : 'Add a person'}
      about={user ? user.email : 'They sign in with this address and password; tell them both.'}
      width={560}
      sending={sending}
      sound={Object.keys(found).length === 0}
      perform={save}
      act={user ? 'Save' : 'Add person'}
      leave="Cancel"
    >
      <TextField
        label="Name"
        value={form.name}
        maxLength={120}
        error={faults.name}
        onChange={(name) => change({ name })}
      />
      {!user && (
        <TextField
          label="E-mail"
          type="email"
          value={form.email}
          autoComplete="off"
          error={faults.email}
          onChange={(email) => change({ email })}
        />
      )}
      <RoleChoice
        offered={personRoles}
        value={form.roles}
        error={faults.roles}
        onChange={(roles) => change({ roles })}
      />
      <TextField
        label="Groups"
        required={false}
        value={form.groups}
        placeholder="finance-approvers, delivery-leads"
        help="Approvals name groups; everybody in a group may decide. Separate names with commas."
        error={faults.groups}
        onChange={(groups) => change({ groups })}
      />
      <PersonField
        label="Manager"
        optional
        value={form.managerId}
        placeholder="Nobody"
        help="Approvals can ask the manager of somebody."
        whyNot={(person) => (person.id === user?.id ? 'Nobody leads themselves.' : null)}
        onChange={(managerId) => change({ managerId })}
      />
      <TextField
        label={user ? 'New password' : 'Password'}
        type="password"
        autoComplete="new-password"
        {...(user ? { required: false } : {})}
        value={form.password}
        help={
          user
            ? 'Leave empty to keep the present one. A new one signs the person out everywhere.'
            : `At least ${shortestPassword} characters. They can change it under Settings.`
        }
        error={faults.password}
        onChange={(password) => change({ password })}
      />
      {user && !itself && (
        <div>
          <Switch label="May sign in" checked={!form.disabled} onChange={(allowed) => change({ disabled: !allowed })} />
          <p className="field__help">
            Switched off, the person is signed out at once. What they did stays in the audit log under their name.
          </p>
        </div>
      )}
    </FormDialog>
  );
}
