import type { Connection, CredentialType } from '@waybill/api-contract';
import { useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { wordsOf } from '../../api/problem-words.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field, Select, Switch, TextField } from '../../ui/Field.tsx';
import { bringIntoView, focusFirstFault } from '../../ui/reveal.ts';
import { fieldFaults, fieldsToSend, startFields } from './connection-form.ts';
import { TestResult } from './TestButton.tsx';
import { typeIcon } from './type-icon.tsx';

interface ConnectionDialogProps {
  types: readonly CredentialType[];
  /** Null: a new one. */
  connection: Connection | null;
  onClose: () => void;
}

/** Adds or changes a connection; its form comes from the credential type. Saving tests it at once. */
export function ConnectionDialog({ types, connection, onClose }: ConnectionDialogProps) {
  const [saved, setSaved] = useState(connection);
  const [chosen, setChosen] = useState<CredentialType | null>(
    () => types.find((type) => type.type === connection?.type) ?? null,
  );
  const [name, setName] = useState(connection?.name ?? '');
  const [values, setValues] = useState(() => (chosen ? startFields(chosen, connection) : {}));
  const [privately, setPrivately] = useState(connection?.allowPrivateAddresses ?? false);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState<'saving' | 'testing' | null>(null);
  const [problem, setProblem] = useState<{ what: string; fix: string } | null>(null);
  const [result, setResult] = useState<Parameters<typeof TestResult>[0]['result'] | null>(null);

  if (!chosen)
    return (
      <Dialog open onClose={onClose} title="Add a connection" about="Which system?" width={600}>
        <div className="type-grid">
          {types.map((type) => (
            <button
              key={type.type}
              type="button"
              className="type-grid__one"
              onClick={() => {
                setChosen(type);
                setName(type.title);
                setValues(startFields(type, null));
              }}
            >
              {typeIcon(type)}
              <span>{type.title}</span>
            </button>
          ))}
        </div>
      </Dialog>
    );

  const faults = tried ? fieldFaults(chosen, saved, values) : {};
  const save = async () => {
    setTried(true);
    if (busy) return;
    if (name.trim() === '' || Object.keys(fieldFaults(chosen, saved, values)).length > 0) return focusFirstFault();
    setProblem(null);
    setResult(null);
    setBusy('saving');
    try {
      const body = { name: name.trim(), fields: fieldsToSend(chosen, values), allowPrivateAddresses: privately };
      const kept = saved
        ? await api('updateConnection', { params: { connectionId: saved.id }, body })
        : await api('createConnection', { body: { ...body, type: chosen.type } });
      setSaved(kept);
      setValues(startFields(chosen, kept));
      if (chosen.testable) {
        setBusy('testing');
        const tested = await api('testConnection', { params: { connectionId: kept.id } });
        setResult(tested);
        if (tested.ok) return; // the good news stays on screen until it is closed
      } else onClose();
    } catch (error) {
      setProblem(wordsOf(error));
    } finally {
      setBusy(null);
      for (const route of ['listConnections', 'listRoles']) void queryClient.invalidateQueries({ queryKey: [route] });
    }
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title={saved ? `Connection “${saved.name}”` : `Connect ${chosen.title}`}
      {...(chosen.help ? { about: chosen.help } : {})}
      width={560}
      onSubmit={() => void save()}
      foot={
        <>
          {!saved && <Button onClick={() => setChosen(null)}>Back</Button>}
          <Button onClick={onClose}>{result ? 'Close' : 'Cancel'}</Button>
          <Button type="submit" look="primary" disabled={busy !== null}>
            {busy === 'testing' ? 'Testing…' : chosen.testable ? 'Save and test' : 'Save'}
          </Button>
        </>
      }
    >
      <div className="stack">
        <TextField
          label="Name"
          value={name}
          autoFocus
          help="As people call this account, for example “Salesforce Europe”."
          error={tried && name.trim() === '' ? 'Give it a name.' : undefined}
          onChange={setName}
        />
        {Object.entries(chosen.fields).map(([key, field]) => {
          const set = saved?.secretsSet.includes(key) ?? false;
          const change = (value: string) => setValues((before) => ({ ...before, [key]: value }));
          const help = field.kind === 'secret' && set ? 'A secret is set. Leave empty to keep it.' : field.help;
          if (field.kind === 'choice')
            return (
              <Field key={key} label={field.label} optional={field.optional} help={help} error={faults[key]}>
                {({ id, describedBy }) => (
                  <Select
                    id={id}
                    aria-describedby={describedBy}
                    options={[...(values[key] ? [] : [{ value: '', label: 'Choose…' }]), ...(field.options ?? [])]}
                    value={values[key] ?? ''}
                    onChange={change}
                  />
                )}
              </Field>
            );
          return (
            <TextField
              key={key}
              label={field.label}
              {...(field.optional ? { required: false } : {})}
              type={field.kind === 'secret' ? 'password' : 'text'}
              autoComplete={field.kind === 'secret' ? 'new-password' : 'off'}
              spellCheck={false}
              placeholder={field.kind === 'secret' && set ? '••••••••' : (field.placeholder ?? '')}
              value={values[key] ?? ''}
              {...(help ? { help } : {})}
              error={faults[key]}
              onChange={change}
            />
          );
        })}
        <Switch label="May reach private addresses" checked={privately} onChange={setPrivately} />
        {privately && (
          <p className="callout callout--waiting">
            Flows may now reach machines inside your own network through this connection. Leave it off unless the system
            runs there.
          </p>
        )}
        {problem && (
          <p className="callout callout--failed" role="alert" ref={bringIntoView}>
            {problem.what} {problem.fix}
          </p>
        )}
        {result && (
          <div ref={bringIntoView}>
            <p className="field__help">The connection is saved.</p>
            <TestResult result={result} />
          </div>
        )}
      </div>
    </Dialog>
  );
}
