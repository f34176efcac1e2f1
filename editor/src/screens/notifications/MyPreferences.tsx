import type { NotificationKind, NotificationPreferences, ReplyOf, Routes } from '@waybill/api-contract';
import { useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { wordsOf } from '../../api/problem-words.ts';
import { Button } from '../../ui/Button.tsx';
import { Select, SelectField, Switch, TextField } from '../../ui/Field.tsx';
import { toast } from '../../ui/toasts.ts';
import { kindLabels, mediumLabels } from './notification-words.ts';
import { ReportFields } from './ReportFields.tsx';

type Reach = ReplyOf<Routes['getMyNotifications']>['reach'];

const kinds = Object.keys(kindLabels) as NotificationKind[];
const media = Object.entries(mediumLabels).map(([value, label]) => ({ value, label }));
const rhythms = [
  { value: 'at-once', label: 'At once' },
  { value: 'hour', label: 'In one mail every hour' },
  { value: 'day', label: 'In one mail a day' },
];
const zones = Intl.supportedValuesOf('timeZone');
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;

function reachWords({ mail, chat }: Reach): string {
  const ways = [...(mail ? ['mail'] : []), ...chat.map((name) => `the channel ${name}`)];
  return ways.length === 0
    ? 'Nothing is sent yet: an administrator has to set a mail server or a chat channel first.'
    : `You can be reached by ${ways.join(', ')}.`;
}

export function MyPreferences({ saved, reach }: { saved: NotificationPreferences; reach: Reach }) {
  const [form, setForm] = useState(saved);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<{ what: string; fix: string } | null>(null);
  const change = (part: Partial<NotificationPreferences>) => {
    setProblem(null);
    setForm((before) => ({ ...before, ...part }));
  };
  const save = async () => {
    if (busy) return;
    setBusy(true);
    try {
      await api('setMyNotifications', { body: form });
      await queryClient.invalidateQueries({ queryKey: ['getMyNotifications'] });
      toast('Saved. It counts from the next message on.');
    } catch (error) {
      setProblem(wordsOf(error));
    } finally {
      setBusy(false);
    }
  };
  const { digest, quiet } = form;
  return (
    <section className="sheet sheet--pad" aria-labelledby="notifications-mine">
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <h2 id="notifications-mine">What you are told</h2>
        <p className="field__help">{reachWords(reach)}</p>
        <table className="table table--plain">
          <thead>
            <tr>
              <th>When</th>
              <th>How</th>
            </tr>
          </thead>
          <tbody>
            {kinds.map((kind) => (
              <tr key={kind}>
                <td>{kindLabels[kind]}</td>
                <td>
                  <Select
                    aria-label={kindLabels[kind]}
                    value={form.media[kind]}
                    options={media}
                    onChange={(medium) => change({ media: { ...form.media, [kind]: medium as 'mail' } })}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <SelectField
          label="Mail comes"
          value={digest.every}
          options={rhythms}
          onChange={(every) =>
            change({ digest: every === 'day' ? { every, at: '08:00' } : { every: every as 'at-once' | 'hour' } })
          }
        />
        {digest.every === 'day' && (
          <TextField
            label="At"
            type="time"
            required
            value={digest.at}
            onChange={(at) => change({ digest: { every: 'day', at } })}
          />
        )}
        <ReportFields report={form.report} onChange={(report) => change({ report })} />
        <Switch
          label="No mail at night"
          checked={quiet !== null}
          onChange={(on) => change({ quiet: on ? { from: '20:00', until: '07:00' } : null })}
        />
        {quiet && (
          <div className="row">
            <TextField
              label="Quiet from"
              type="time"
              required
              value={quiet.from}
              onChange={(from) => change({ quiet: { ...quiet, from } })}
            />
            <TextField
              label="Quiet until"
              type="time"
              required
              value={quiet.until}
              onChange={(until) => change({ quiet: { ...quiet, until } })}
            />
          </div>
        )}
        <SelectField
          label="Time zone"
          value={form.timeZone}
          options={[...new Set([form.timeZone, own, 'UTC', ...zones])].map((zone) => ({ value: zone, label: zone }))}
          onChange={(timeZone) => change({ timeZone })}
        />
        {problem && (
          <p className="callout callout--failed" role="alert">
            {problem.what} {problem.fix}
          </p>
        )}
        <div>
          <Button type="submit" look="primary" disabled={busy || form === saved}>
            Save
          </Button>
        </div>
      </form>
    </section>
  );
}
