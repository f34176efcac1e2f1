import type { Connection, CredentialType } from '@waybill/api-contract';
import { useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { wordsOf } from '../../api/problem-words.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { TextField } from '../../ui/Field.tsx';
import { bringIntoView, focusFirstFault } from '../../ui/reveal.ts';
import { Tabs } from '../../ui/Tabs.tsx';
import { AccessFields } from './AccessFields.tsx';
import { fieldFaults, fieldsToSend, startFields } from './connection-form.ts';
import { LimitsFields } from './LimitsFields.tsx';
import type { LimitsValues, WindowRow } from './limits-form.ts';
import { limitsFaults, limitsToSend, startLimits, startWindows, windowFaults, windowsToSend } from './limits-form.ts';
import { MaintenanceFields, zones } from './MaintenanceFields.tsx';
import { TestResult } from './TestButton.tsx';
import { typeIcon } from './type-icon.tsx';

interface ConnectionDialogProps {
  types: readonly CredentialType[];
  /** Null: a new one. */
  connection: Connection | null;
  onClose: () => void;
}

const tabs = [
  { value: 'access', label: 'Sign-in' },
  { value: 'limits', label: 'Limits' },
  { value: 'maintenance', label: 'Maintenance windows' },
] as const;
type Tab = (typeof tabs)[number]['value'];

/** Adds or changes a connection; its form comes from the credential type. Saving tests it at once. */
export function ConnectionDialog({ types, connection, onClose }: ConnectionDialogProps) {
  const [chosen, setChosen] = useState<CredentialType | null>(
    () => types.find((type) => type.type === connection?.type) ?? null,
  );
  if (chosen)
    return (
      <ConnectionForm
        key={chosen.type}
        type={chosen}
        connection={connection}
        onBack={() => setChosen(null)}
        onClose={onClose}
      />
    );
  return (
    <Dialog open onClose={onClose} title="Add a connection" about="Which system?" width={600}>
      <div className="type-grid">
        {types.map((type) => (
          <button key={type.type} type="button" className="type-grid__one" onClick={() => setChosen(type)}>
            {typeIcon(type)}
            <span>{type.title}</span>
          </button>
        ))}
      </div>
    </Dialog>
  );
}

interface ConnectionFormProps {
  type: CredentialType;
  connection: Connection | null;
  onBack: () => void;
  onClose: () => void;
}

function ConnectionForm({ type, connection, onBack, onClose }: ConnectionFormProps) {
  const [saved, setSaved] = useState(connection);
  const [tab, setTab] = useState<Tab>('access');
  const [name, setName] = useState(connection?.name ?? type.title);
  const [values, setValues] = useState(() => startFields(type, connection));
  const [privately, setPrivately] = useState(connection?.allowPrivateAddresses ?? false);
  // Null: not touched, so not sent.
  const [ownLimits, setLimits] = useState<LimitsValues | null>(null);
  const [ownWindows, setWindows] = useState<readonly WindowRow[] | null>(null);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState<'saving' | 'testing' | null>(null);
  const [problem, setProblem] = useState<{ what: string; fix: string } | null>(null);
  const [result, setResult] = useState<Parameters<typeof TestResult>[0]['result'] | null>(null);

  const limits = ownLimits ?? startLimits(saved?.policy.limits ?? null, type.proposedLimits);
  const windows = ownWindows ?? startWindows(saved?.policy.maintenance ?? []);
  const faults = {
    access: fieldFaults(type, saved, values),
    limits: ownLimits ? limitsFaults(ownLimits) : {},
    maintenance: ownWindows ? windowFaults(ownWindows, zones) : {},
  };
  const noName = name.trim() === '';

  const save = async () => {
    setTried(true);
    if (busy) return;
    const faulty = tabs.find(({ value }) => Object.keys(faults[value]).length > 0)?.value;
    if (noName || faulty) {
      setTab(noName ? 'access' : (faulty ?? 'access'));
      return focusFirstFault();
    }
    setProblem(null);
    setResult(null);
    setBusy('saving');
    try {
      const body = {
        name: name.trim(),
        fields: fieldsToSend(type, values),
        allowPrivateAddresses: privately,
        ...(ownLimits ? { limits: limitsToSend(ownLimits) } : {}),
        ...(ownWindows ? { maintenance: windowsToSend(ownWindows) } : {}),
      };
      const kept = saved
        ? await api('updateConnection', { params: { connectionId: saved.id }, body })
        : await api('createConnection', { body: { ...body, type: type.type } });
      setSaved(kept);
      setValues(startFields(type, kept));
      setLimits(null);
      setWindows(null);
      if (type.testable) {
        setBusy('testing');
        const tested = await api('testConnection', { params: { connectionId: kept.id } });
        setResult(tested);
        if (tested.ok) return; // the good news stays on screen until it is closed
      } else onClose();
    } catch (error) {
      setProblem(wordsOf(error));
    } finally {
      setBusy(null);
      for (const route of ['listConnections', 'listRoles', 'connectionGauges'])
        void queryClient.invalidateQueries({ queryKey: [route] });
    }
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title={saved ? `Connection “${saved.name}”` : `Connect ${type.title}`}
      {...(type.help ? { about: type.help } : {})}
      width={580}
      onSubmit={() => void save()}
      foot={
        <>
          {!saved && <Button onClick={onBack}>Back</Button>}
          <Button onClick={onClose}>{result ? 'Close' : 'Cancel'}</Button>
          <Button type="submit" look="primary" disabled={busy !== null}>
            {busy === 'testing' ? 'Testing…' : type.testable ? 'Save and test' : 'Save'}
          </Button>
        </>
      }
    >
      <div className="stack connection-form">
        {!type.receivesOnly && (
          <Tabs label="Parts of the connection" tabs={tabs} value={tab} onChange={(value) => setTab(value as Tab)} />
        )}
        {tab === 'access' && (
          <>
            <TextField
              label="Name"
              value={name}
              autoFocus
              help="As people call this account, for example “Salesforce Europe”."
              error={tried && noName ? 'Give it a name.' : undefined}
              onChange={setName}
            />
            <AccessFields
              type={type}
              saved={saved}
              values={values}
              faults={tried ? faults.access : {}}
              onChange={(key, value) => setValues((before) => ({ ...before, [key]: value }))}
              privately={privately}
              onPrivately={setPrivately}
            />
          </>
        )}
        {tab === 'limits' && (
          <LimitsFields
            system={type.title}
            proposed={type.proposedLimits}
            values={limits}
            faults={tried ? faults.limits : {}}
            onChange={setLimits}
          />
        )}
        {tab === 'maintenance' && (
          <MaintenanceFields windows={windows} faults={tried ? faults.maintenance : {}} onChange={setWindows} />
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
