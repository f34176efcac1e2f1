import type { DeliverySettings } from '@waybill/api-contract';
import { Plus, Send, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { wordsOf } from '../../api/problem-words.ts';
import { keyOf } from '../../api/queries.ts';
import { Button } from '../../ui/Button.tsx';
import { SelectField, Switch, TextField } from '../../ui/Field.tsx';
import { toast } from '../../ui/toasts.ts';
import { groupsIn } from './notification-words.ts';

type Mail = NonNullable<DeliverySettings['mail']> & { password: string };
type Channel = Omit<DeliverySettings['chat'][number], 'groups'> & { groups: string; url: string };
interface Form {
  mail: Mail | null;
  chat: Channel[];
}

const newMail: Mail = {
  host: '',
  port: 587,
  security: 'starttls',
  user: '',
  from: '',
  fromName: 'Waybill',
  passwordSet: false,
  password: '',
};
const securities = [
  { value: 'starttls', label: 'STARTTLS (usually port 587)' },
  { value: 'tls', label: 'TLS (usually port 465)' },
  { value: 'none', label: 'None, without a password' },
];
const shapes = [
  { value: 'slack', label: 'Slack' },
  { value: 'teams', label: 'Microsoft Teams' },
];

const formOf = ({ mail, chat }: DeliverySettings): Form => ({
  mail: mail && { ...mail, password: '' },
  chat: chat.map((channel) => ({ ...channel, groups: channel.groups.join(', '), url: '' })),
});

function bodyOf({ mail, chat }: Form, revision: number) {
  const { password, passwordSet: _set, ...server } = mail ?? newMail;
  return {
    mail: mail && { ...server, ...(password ? { password } : {}) },
    chat: chat.map(({ url, urlSet: _urlSet, groups, ...channel }) => ({
      ...channel,
      groups: groupsIn(groups),
      ...(url ? { url } : {}),
    })),
    revision,
  };
}

/** The ways messages go: a mail server and chat channels. Tests use what is saved. */
export function DeliveryForm({ saved }: { saved: DeliverySettings }) {
  const [form, setForm] = useState(() => formOf(saved));
  const [isChanged, setChanged] = useState(false);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState<{ ok: boolean; what: string; fix: string | null } | null>(null);
  const change = (next: Form) => {
    setSaid(null);
    setChanged(true);
    setForm(next);
  };
  const attempt = async (act: () => Promise<typeof said>) => {
    if (busy) return;
    setBusy(true);
    try {
      setSaid(await act());
    } catch (error) {
      setSaid({ ok: false, ...wordsOf(error) });
    } finally {
      setBusy(false);
    }
  };
  const save = () =>
    attempt(async () => {
      const now = await api('setDeliverySettings', { body: bodyOf(form, saved.revision) });
      queryClient.setQueryData(keyOf('getDeliverySettings', {}), now);
      await queryClient.invalidateQueries({ queryKey: ['getMyNotifications'] });
      toast('The delivery settings are saved.');
      return null;
    });
  const { mail, chat } = form;
  const setChannel = (index: number, part: Partial<Channel>) =>
    change({ ...form, chat: chat.map((one, at) => (at === index ? { ...one, ...part } : one)) });
  return (
    <section className="sheet sheet--pad" aria-labelledby="notifications-ways">
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <h2 id="notifications-ways">How messages are sent</h2>
        <Switch
          label="Send mail"
          checked={mail !== null}
          onChange={(on) => change({ ...form, mail: on ? (formOf(saved).mail ?? newMail) : null })}
        />
        {mail && <MailFields mail={mail} onChange={(part) => change({ ...form, mail: { ...mail, ...part } })} />}
        {mail && saved.mail && (
          <div>
            <Button
              icon={Send}
              disabled={busy || isChanged}
              title={isChanged ? 'Save first' : undefined}
              onClick={() => void attempt(() => api('sendTestMail', {}))}
            >
              Send a test mail
            </Button>
          </div>
        )}
        <h3>Chat channels</h3>
        {chat.length === 0 && <p className="field__help">A channel hears of what its groups are asked to do.</p>}
        {chat.map((channel, index) => (
          <ChannelFields
            key={channel.id}
            channel={channel}
            onChange={(part) => setChannel(index, part)}
            onRemove={() => {
              change({ ...form, chat: chat.filter((one) => one !== channel) });
              const undo = () => setForm((now) => ({ ...now, chat: [...now.chat, channel] }));
              toast('The channel is removed; save to keep it so.', { action: { label: 'Undo', perform: undo } });
            }}
            onTest={
              isChanged || busy
                ? null
                : () => void attempt(() => api('sendTestChat', { body: { channelId: channel.id } }))
            }
          />
        ))}
        <div>
          <Button
            icon={Plus}
            onClick={() =>
              change({
                ...form,
                chat: [
                  ...chat,
                  {
                    id: crypto.randomUUID(),
                    name: '',
                    shape: 'slack',
                    groups: '',
                    allowPrivateAddresses: false,
                    urlSet: false,
                    url: '',
                  },
                ],
              })
            }
          >
            Add a channel
          </Button>
        </div>
        {said && (
          <p className={`callout callout--${said.ok ? 'done' : 'failed'}`} role={said.ok ? 'status' : 'alert'}>
            {said.what} {said.fix}
          </p>
        )}
        <div>
          <Button type="submit" look="primary" disabled={busy || !isChanged}>
            Save
          </Button>
        </div>
      </form>
    </section>
  );
}

function MailFields({ mail, onChange }: { mail: Mail; onChange: (part: Partial<Mail>) => void }) {
  return (
    <>
      <TextField label="Mail server" required value={mail.host} onChange={(host) => onChange({ host })} />
      <TextField
        label="Port"
        type="number"
        min={1}
        max={65_535}
        required
        value={mail.port}
        onChange={(port) => onChange({ port: Number(port) })}
      />
      <SelectField
        label="Encryption"
        value={mail.security}
        options={securities}
        onChange={(security) => onChange({ security: security as 'tls' })}
      />
      <TextField label="User" autoComplete="off" value={mail.user} onChange={(user) => onChange({ user })} />
      <TextField
        label="Password"
        type="password"
        autoComplete="new-password"
        value={mail.password}
        help={mail.passwordSet ? 'Kept sealed. Leave empty to keep it.' : 'Kept sealed.'}
        onChange={(password) => onChange({ password })}
      />
      <TextField
        label="Sender address"
        type="email"
        required
        value={mail.from}
        onChange={(from) => onChange({ from })}
      />
      <TextField label="Sender name" value={mail.fromName} onChange={(fromName) => onChange({ fromName })} />
    </>
  );
}

interface ChannelFieldsProps {
  channel: Channel;
  onChange: (part: Partial<Channel>) => void;
  onRemove: () => void;
  /** Null while there is something to save first. */
  onTest: (() => void) | null;
}

function ChannelFields({ channel, onChange, onRemove, onTest }: ChannelFieldsProps) {
  return (
    <fieldset className="stack notification-channel">
      <legend>{channel.name || 'New channel'}</legend>
      <TextField label="Channel" required value={channel.name} onChange={(name) => onChange({ name })} />
      <SelectField
        label="Chat"
        value={channel.shape}
        options={shapes}
        onChange={(shape) => onChange({ shape: shape as 'slack' })}
      />
      <TextField
        label="Webhook address"
        type="password"
        autoComplete="off"
        required={!channel.urlSet}
        value={channel.url}
        help={channel.urlSet ? 'Kept sealed. Leave empty to keep it.' : 'Kept sealed: whoever knows it can post.'}
        onChange={(url) => onChange({ url })}
      />
      <TextField
        label="For the groups"
        value={channel.groups}
        help="Names with commas between them; empty for all."
        onChange={(groups) => onChange({ groups })}
      />
      <Switch
        label="May lie in the own network"
        checked={channel.allowPrivateAddresses}
        onChange={(allowPrivateAddresses) => onChange({ allowPrivateAddresses })}
      />
      <div className="row">
        <Button icon={Send} disabled={onTest === null} onClick={() => onTest?.()}>
          Post a test
        </Button>
        <Button icon={Trash2} look="danger" onClick={onRemove}>
          Remove
        </Button>
      </div>
    </fieldset>
  );
}
