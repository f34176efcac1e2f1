import { Palmtree } from 'lucide-react';
import { useState } from 'react';
import { api, meKey, queryClient } from '../../api/client.ts';
import { wordsOf } from '../../api/problem-words.ts';
import { useApiQuery } from '../../api/queries.ts';
import { useMay, useMe } from '../../api/session.ts';
import { Badge } from '../../ui/Badge.tsx';
import { Button } from '../../ui/Button.tsx';
import { focusFirstFault } from '../../ui/reveal.ts';
import { toast } from '../../ui/toasts.ts';
import { AbsenceFields } from './AbsenceFields.tsx';
import { absenceFaults, absenceOf, startAbsence } from './absence-form.ts';

/** Who decides in one's name while one is away. */
export function AbsencePanel() {
  const { user } = useMe();
  const may = useMay();
  const { absence } = user;
  const deputy = useApiQuery(
    'listPeople',
    { query: { id: absence?.deputyId ?? '' } },
    { enabled: may('tasks.decide') && absence !== null },
  );
  const [form, setForm] = useState(() => startAbsence(absence, Date.now()));
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<{ what: string; fix: string } | null>(null);
  const faults = tried ? absenceFaults(form, Date.now()) : {};
  const change = (part: Partial<typeof form>) => {
    setProblem(null);
    setForm((before) => ({ ...before, ...part }));
  };
  const send = async (next: ReturnType<typeof absenceOf> | null, done: string) => {
    setBusy(true);
    setProblem(null);
    try {
      await api('setAbsence', { body: { absence: next } });
      await queryClient.invalidateQueries({ queryKey: meKey });
      setTried(false);
      toast(done);
    } catch (error) {
      setProblem(wordsOf(error));
    } finally {
      setBusy(false);
    }
  };
  const save = () => {
    setTried(true);
    if (busy) return;
    if (Object.keys(absenceFaults(form, Date.now())).length > 0) return focusFirstFault();
    void send(absenceOf(form), 'Saved. Your deputy sees your tasks while you are away.');
  };
  if (!may('tasks.decide')) return null;
  const isAway = absence !== null && absence.from <= Date.now() && Date.now() < absence.until;
  return (
    <section className="sheet sheet--pad" aria-labelledby="account-absence">
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <h2 id="account-absence">Out of office</h2>
        {absence && absence.until > Date.now() && (
          <div className="callout callout--waiting">
            <Palmtree size={16} aria-hidden />
            <div>
              <Badge tone="waiting">{isAway ? 'Away now' : 'Planned'}</Badge>
              <p>
                {new Date(absence.from).toLocaleDateString()} until {new Date(absence.until).toLocaleDateString()}:{' '}
                <strong>{deputy.data?.items[0]?.name ?? 'your deputy'}</strong> may decide for you.
              </p>
            </div>
          </div>
        )}
        <p className="field__help">
          Tasks addressed to you by name can then be decided by your deputy, for you. Nobody ever decides their own
          request that way.
        </p>
        <AbsenceFields form={form} faults={faults} userId={user.id} onChange={change} />
        {problem && (
          <p className="callout callout--failed" role="alert">
            {problem.what} {problem.fix}
          </p>
        )}
        <div className="row">
          <Button type="submit" look="primary" disabled={busy}>
            Save
          </Button>
          {absence && (
            <Button disabled={busy} onClick={() => void send(null, 'Welcome back. You decide for yourself again.')}>
              {isAway ? 'I am back' : 'Cancel the absence'}
            </Button>
          )}
        </div>
      </form>
    </section>
  );
}
