import type { FlowDetail, FlowSummary } from '@waybill/api-contract';
import { useState } from 'react';
import { api, queryClient } from '../api/client.ts';
import { wordsOf } from '../api/problem-words.ts';
import { navigate } from '../app/router.tsx';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Field, SelectField, TextAreaField, TextField } from '../ui/Field.tsx';
import { Segments } from '../ui/Tabs.tsx';
import { readFlowText } from './flow-text.ts';

export type NewFlowSource = { from: 'blank' } | { from: 'flow'; flowId: string } | { from: 'text' };

interface NewFlowDialogProps {
  source: NewFlowSource;
  flows: readonly FlowSummary[];
  onClose: () => void;
}

/** A new flow: empty, a copy of one that exists, or from exported text. */
export function NewFlowDialog({ source, flows, onClose }: NewFlowDialogProps) {
  const [from, setFrom] = useState(source.from);
  const [flowId, setFlowId] = useState(source.from === 'flow' ? source.flowId : (flows[0]?.id ?? ''));
  const copied = flows.find((flow) => flow.id === flowId);
  const [name, setName] = useState('');
  const [text, setText] = useState('');
  const [files, setFiles] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const suggested = from === 'flow' && copied ? `${copied.name} (copy)` : '';
  const finalName = name.trim() || suggested;

  const create = async (): Promise<FlowDetail> => {
    if (from === 'blank') return api('createFlow', { body: { name: finalName } });
    if (from === 'flow' && copied) {
      const { flow } = await api('getFlow', { params: { flowId: copied.id } });
      return api('createFlow', { body: { name: finalName, flow } });
    }
    const read = readFlowText(text, files);
    return read.kind === 'document'
      ? api('createFlow', { body: { name: finalName || read.name, flow: read.flow } })
      : api('importFlow', { body: { files: read.files } });
  };
  const submit = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const { summary } = await create();
      void queryClient.invalidateQueries({ queryKey: ['listFlows'] });
      navigate(`/flows/${summary.id}`);
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  const readFiles = async (list: FileList | null) => {
    const entries = await Promise.all([...(list ?? [])].map(async (file) => [file.name, await file.text()] as const));
    setFiles(Object.fromEntries(entries));
  };
  const ready = from === 'text' ? text.trim() !== '' || Object.keys(files).length > 0 : finalName !== '';
  const words = problem === null ? null : wordsOf(problem);

  return (
    <Dialog
      open
      onClose={onClose}
      title="New flow"
      onSubmit={() => void submit()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={!ready || busy}>
            {busy ? 'Making…' : 'Make flow'}
          </Button>
        </>
      }
    >
      <div className="stack">
        <Segments
          label="Start from"
          value={from}
          onChange={setFrom}
          options={[
            { value: 'blank', label: 'Blank' },
            { value: 'flow', label: 'Copy of a flow' },
            { value: 'text', label: 'From text' },
          ]}
        />
        {words && (
          <div className="callout callout--failed" role="alert">
            <div>
              <strong>{words.what}</strong>
              <p>{words.fix}</p>
            </div>
          </div>
        )}
        {from === 'flow' && (
          <SelectField
            label="Flow to copy"
            help="Its steps and settings are copied; runs and versions stay with the original."
            value={flowId}
            onChange={setFlowId}
            options={flows.map((flow) => ({ value: flow.id, label: flow.name }))}
          />
        )}
        {from === 'text' && (
          <>
            <TextAreaField
              label="Exported text"
              help="What “Copy as text” or the export of a flow gave you."
              rows={7}
              value={text}
              onChange={setText}
              spellCheck={false}
            />
            <Field label="Or its files" optional>
              {({ id }) => (
                <input id={id} type="file" multiple onChange={(event) => void readFiles(event.target.files)} />
              )}
            </Field>
          </>
        )}
        {from !== 'text' && (
          <TextField
            label="Name"
            value={name}
            placeholder={suggested || 'For example: Opportunity to project'}
            maxLength={120}
            onChange={setName}
          />
        )}
      </div>
    </Dialog>
  );
}
