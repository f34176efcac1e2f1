import type { Me } from '@waybill/api-contract';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { api } from '../api/client.ts';
import { wordsOf } from '../api/problem-words.ts';
import { enterAs, useSession } from '../api/session.ts';
import { Wordmark } from '../app/Logo.tsx';
import { navigate } from '../app/router.tsx';
import { Button } from '../ui/Button.tsx';
import { TextField } from '../ui/Field.tsx';

/** E-mail and password, or a one-time link. The link signs in only on a click: mail scanners open links too. */
export function SignInPage() {
  const session = useSession().data;
  const token = new URLSearchParams(window.location.search).get('token');
  const [withPassword, setWithPassword] = useState(!token);
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);

  const enter = async (signIn: () => Promise<Me>) => {
    setBusy(true);
    setProblem(null);
    try {
      const me = await signIn();
      enterAs(me);
      if (window.location.pathname === '/sign-in') navigate('/flows', { replace: true });
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void enter(() => api('signIn', { body: { email, password } }));
  };
  const words = problem === null ? null : wordsOf(problem);

  return (
    <main className="signin">
      <div className="signin__sheet">
        <Wordmark />
        <h1>{withPassword ? 'Sign in' : 'Welcome'}</h1>
        {words && (
          <div className="callout callout--failed" role="alert">
            <div>
              <strong>{words.what}</strong>
              <p>{words.fix}</p>
            </div>
          </div>
        )}
        {withPassword ? (
          <form className="stack" onSubmit={submit}>
            <TextField
              label="E-mail"
              type="email"
              name="email"
              autoComplete="username"
              value={email}
              onChange={setEmail}
              required
            />
            <TextField
              label="Password"
              type="password"
              name="password"
              autoComplete="current-password"
              value={password}
              onChange={setPassword}
              required
            />
            <Button type="submit" look="primary" disabled={busy}>
              {busy ? 'Signing in…' : 'Sign in'}
            </Button>
          </form>
        ) : (
          <div className="stack">
            <p>This one-time link signs you in on this computer. It works once.</p>
            <Button
              look="primary"
              disabled={busy}
              onClick={() => void enter(() => api('signInByLink', { body: { token: token ?? '' } }))}
            >
              {busy ? 'Signing in…' : 'Sign in with this link'}
            </Button>
            <Button look="ghost" onClick={() => setWithPassword(true)}>
              Use e-mail and password
            </Button>
          </div>
        )}
        {session && (
          <p className="muted">
            You are signed in as {session.user.name}.{' '}
            <a
              href="/flows"
              onClick={(event) => {
                event.preventDefault();
                navigate('/flows', { replace: true });
              }}
            >
              Go on
            </a>
          </p>
        )}
      </div>
      <p className="signin__foot">A waybill travels with the goods and records every hand-off.</p>
    </main>
  );
}
