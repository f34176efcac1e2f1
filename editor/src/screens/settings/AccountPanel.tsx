import { useState } from 'react';
import { api } from '../../api/client.ts';
import { wordsOf } from '../../api/problem-words.ts';
import { useMe } from '../../api/session.ts';
import { Button } from '../../ui/Button.tsx';
import { TextField } from '../../ui/Field.tsx';
import { focusFirstFault } from '../../ui/reveal.ts';
import { toast } from '../../ui/toasts.ts';
import { AbsencePanel } from './AbsencePanel.tsx';
import { passwordFault, roleTitles, shortestPassword } from './user-form.ts';

const empty = { current: '', next: '', again: '' };

/** Who one is here, and the own password. */
export function AccountPanel() {
  const { user } = useMe();
  const [form, setForm] = useState(empty);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<{ what: string; fix: string } | null>(null);
  const nextFault = passwordFault(form.next);
  const againFault = form.again === form.next ? undefined : 'The two are not the same.';
  const change = (part: Partial<typeof empty>) => {
    setProblem(null);
    setForm((before) => ({ ...before, ...part }));
  };
  const save = async () => {
    setTried(true);
    if (busy) return;
    if (nextFault || againFault) return focusFirstFault();
    setBusy(true);
    try {
      await api('changePassword', { body: { current: form.current, next: form.next } });
      setForm(empty);
      setTried(false);
      toast('The password is changed. Other browsers are signed out.');
    } catch (error) {
      setProblem(wordsOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="settings-columns">
      <div className="stack">
        <section className="sheet sheet--pad stack" aria-labelledby="account-you">
          <h2 id="account-you">You</h2>
          <dl className="fact-list">
            <dt>Name</dt>
            <dd>{user.name}</dd>
            <dt>E-mail</dt>
            <dd>{user.email || '–'}</dd>
            <dt>Roles</dt>
            <dd>{roleTitles(user.roles)}</dd>
            <dt>Groups</dt>
            <dd>{user.groups.join(', ') || '–'}</dd>
          </dl>
          <p className="field__help">An administrator changes roles and groups.</p>
        </section>
        <AbsencePanel />
      </div>
      <section className="sheet sheet--pad" aria-labelledby="account-password">
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            void save();
          }}
        >
          <h2 id="account-password">Password</h2>
          <input type="email" name="username" autoComplete="username" value={user.email} readOnly hidden />
          <TextField
            label="Current password"
            type="password"
            autoComplete="current-password"
            value={form.current}
            help="Leave empty if you have only ever signed in by link."
            onChange={(current) => change({ current })}
          />
          <TextField
            label="New password"
            type="password"
            autoComplete="new-password"
            value={form.next}
            help={`At least ${shortestPassword} characters.`}
            error={tried ? nextFault : undefined}
            onChange={(next) => change({ next })}
          />
          <TextField
            label="New password once more"
            type="password"
            autoComplete="new-password"
            value={form.again}
            error={tried ? againFault : undefined}
            onChange={(again) => change({ again })}
          />
          {problem && (
            <p className="callout callout--failed" role="alert">
              {problem.what} {problem.fix}
            </p>
          )}
          <div>
            <Button type="submit" look="primary" disabled={busy}>
              Change password
            </Button>
          </div>
        </form>
      </section>
    </div>
  );
}
