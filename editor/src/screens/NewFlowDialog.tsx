import type { FlowDetail, FlowSummary } from '@waybill/api-contract';
import { useState } from 'react';
import { api, queryClient } from '../api/client.ts';
import { navigate } from '../app/router.tsx';
import { Field, SelectField, TextAreaField, TextField } from '../ui/Field.tsx';
import { FormDialog } from '../ui/FormDialog.tsx';
import { useSending } from '../ui/sending.ts';
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
  const sending = useSending();
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
    const { summary } = await create();
    void queryClient.invalidateQueries({ queryKey: ['listFlows'] });
    navigate(`/flows/${summary.id}`);
  };
  const readFiles = async (list: FileList | null) => {
    const entries = await Promise.all([...(list ?? [])].map(async (file) => [file.name, await file.text()] as const));
    setFiles(Object.fromEntries(entries));
  };
  const ready = from === 'text' ? text.trim() !== '' || Object.keys(files).length > 0 : finalName !== '';

  return (
    <FormDialog
      onClose={onClose}
      title="New flow"
      sending={sending}
      sound
      perform={submit}
      act={sending.busy ? 'Making…' : 'Make flow'}
      blocked={!ready}
      leave="Cancel"
    >
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
    </FormDialog>
  );
}
