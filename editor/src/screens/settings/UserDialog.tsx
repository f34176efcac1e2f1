import type { User } from '@waybill/api-contract';
import { useState } from 'react';
import { api, meKey, queryClient } from '../../api/client.ts';
import { wordsOf } from '../../api/problem-words.ts';
import { useMe } from '../../api/session.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Switch, TextField } from '../../ui/Field.tsx';
import { bringIntoView, focusFirstFault } from '../../ui/reveal.ts';
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
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<{ what: string; fix: string } | null>(null);
  const faults = tried ? userFaults(form, user === null) : {};
  const change = (part: Partial<UserForm>) => setForm((before) => ({ ...before, ...part }));
  const itself = user?.id === me.id;

  const save = async () => {
    setTried(true);
    if (busy) return;
    if (Object.keys(userFaults(form, user === null)).length > 0) return focusFirstFault();
    setBusy(true);
    setProblem(null);
    try {
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
    } catch (error) {
      setProblem(wordsOf(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title={user ? user.name : 'Add a person'}
      about={user ? user.email : 'They sign in with this address and password; tell them both.'}
      width={560}
      onSubmit={() => void save()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={busy}>
            {user ? 'Save' : 'Add person'}
          </Button>
        </>
      }
    >
      <div className="stack">
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
            <Switch
              label="May sign in"
              checked={!form.disabled}
              onChange={(allowed) => change({ disabled: !allowed })}
            />
            <p className="field__help">
              Switched off, the person is signed out at once. What they did stays in the audit log under their name.
            </p>
          </div>
        )}
        {problem && (
          <p className="callout callout--failed" role="alert" ref={bringIntoView}>
            {problem.what} {problem.fix}
          </p>
        )}
      </div>
    </Dialog>
  );
}
