import type { JsonValue } from '@waybill/flow-model';
import { FolderOpen, Play } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { wordsOf } from '../../api/problem-words.ts';
import { useMay } from '../../api/session.ts';
import { FileInput } from '../../files/FileInput.tsx';
import { FilePicker } from '../../files/FilePicker.tsx';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field, SelectField, Switch, TextAreaField, TextField } from '../../ui/Field.tsx';
import { Segments } from '../../ui/Tabs.tsx';
import { titleOf } from '../graph/ports.ts';
import { RunPicker } from '../inspector/RunPicker.tsx';
import { loadNodeData } from '../inspector/run-data.ts';
import { partBody, partNeeds, partWords } from '../run-part.ts';
import { saveNow } from '../state/autosave.ts';
import { useEditor, useEditorStore } from '../state/editor-store.ts';
import { arrivalOf, formFieldsOf, formInput, suggestedInput, triggersOf } from './trigger-input.ts';

/** Starts a test run of the draft with an input the person chooses, and lays it over the canvas. */
export function RunDialog() {
  const store = useEditorStore();
  const flow = useEditor((state) => state.flow);
  const catalog = useEditor((state) => state.catalog);
  const flowId = useEditor((state) => state.summary.id);
  const errors = useEditor((state) => state.problems.filter((problem) => problem.severity === 'error').length);
  const may = useMay();
  const part = useEditor((state) => state.runPart);
  const needs = part && partNeeds(flow, catalog, part);
  const triggers = triggersOf(flow, catalog).filter(({ id }) => !needs || needs.triggers.includes(id));
  const [triggerId, setTriggerId] = useState(triggers[0]?.id ?? '');
  const trigger = triggers.find(({ id }) => id === triggerId);
  const fields = formFieldsOf(flow, triggerId);
  const [mode, setMode] = useState<'form' | 'json'>(fields.length > 0 ? 'form' : 'json');
  const [values, setValues] = useState<Record<string, string>>({});
  const [text, setText] = useState<string | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [source, setSource] = useState<string | null>(null);
  const [choosing, setChoosing] = useState(false);
  const json = text ?? (trigger ? JSON.stringify(suggestedInput(flow, trigger.id, trigger.manifest), null, 2) : 'null');
  const asForm = mode === 'form' && fields.length > 0;
  const close = () => store.getState().show({ overlay: null, runPart: null });

  const start = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const input: JsonValue = asForm ? formInput(fields, values) : JSON.parse(json);
      if (!(await saveNow(store))) throw new Error('The draft could not be saved, so it cannot be run yet.');
      const { runId } = await api('runFlow', {
        params: { flowId },
        body: { of: 'draft', input, ...(trigger ? { triggerNode: trigger.id } : {}), ...(part ? partBody(part) : {}) },
      });
      store.getState().follow(runId);
      close();
    } catch (error) {
      setProblem(error instanceof SyntaxError ? new Error(`The input is not JSON: ${error.message}`) : error);
      setBusy(false);
    }
  };
  const loadFrom = async (runId: string | null) => {
    if (runId === null || !trigger) return;
    try {
      const data = await loadNodeData(runId, trigger.id, true);
      if (!data) throw new Error('That run was not started by this trigger. Choose another run.');
      setText(JSON.stringify(data.data.output ?? data.data.input ?? null, null, 2));
      setMode('json');
      setSource(runId);
      setProblem(null);
    } catch (error) {
      setProblem(error);
    }
  };
  const words = problem === null ? null : wordsOf(problem);
  return (
    <Dialog
      open
      onClose={close}
      title={part ? partWords(part, titleOf(flow, catalog, part.node)) : 'Run the draft'}
      about="A test run: steps that change outside systems really change them, unless their output is pinned."
      width={600}
      onSubmit={() => void start()}
      foot={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" look="primary" icon={Play} disabled={busy || !trigger}>
            {busy ? 'Starting…' : 'Run'}
          </Button>
        </>
      }
    >
      <div className="stack">
        {words && (
          <div className="callout callout--failed" role="alert">
            <div>
              <strong>{words.what}</strong>
              <p>{words.fix}</p>
            </div>
          </div>
        )}
        {!trigger && <p className="callout callout--waiting">Add a trigger first: nothing starts this flow.</p>}
        {errors > 0 && (
          <p className="callout callout--waiting">
            The draft has {errors === 1 ? 'a problem' : `${errors} problems`} to fix; the run may fail there.
          </p>
        )}
        {triggers.length > 1 && (
          <SelectField
            label="Started by"
            value={triggerId}
            onChange={(id) => {
              setTriggerId(id);
              setText(null);
            }}
            options={triggers.map(({ id, manifest }) => ({
              value: id,
              label: flow.nodes[id]?.title ?? manifest.title,
            }))}
          />
        )}
        <div className="row spread">
          {fields.length > 0 ? (
            <Segments<'form' | 'json'>
              label="How to give the input"
              value={mode}
              onChange={setMode}
              options={[
                { value: 'form', label: 'Form' },
                { value: 'json', label: 'JSON' },
              ]}
            />
          ) : trigger?.manifest.trigger?.how === 'file' && may('files.read') ? (
            <Button small icon={FolderOpen} onClick={() => setChoosing(true)}>
              Choose a file that came in
            </Button>
          ) : (
            <span />
          )}
          {may('runs.data') && trigger && (
            <RunPicker
              label={source ? 'Input of a past run' : 'Take the input of a past run'}
              chosen={source}
              onChoose={(runId) => void loadFrom(runId)}
            />
          )}
        </div>
        {asForm ? (
          fields.map((field) => {
            const value = values[field.name] ?? '';
            const set = (next: string) => setValues({ ...values, [field.name]: next });
            if (field.kind === 'boolean')
              return (
                <Switch
                  key={field.name}
                  label={field.label}
                  checked={value === 'true'}
                  onChange={(on) => set(String(on))}
                />
              );
            if (field.kind === 'choice')
              return (
                <SelectField
                  key={field.name}
                  label={field.label}
                  value={value}
                  onChange={set}
                  options={[
                    { value: '', label: 'Choose…' },
                    ...field.options.map((option) => ({ value: option, label: option })),
                  ]}
                />
              );
            if (field.kind === 'file')
              return (
                <Field key={field.name} label={field.label} optional={!field.required}>
                  {({ id }) => <FileInput id={id} value={value} onChange={set} placeholder="Choose a file" />}
                </Field>
              );
            if (field.kind === 'multiline')
              return (
                <TextAreaField
                  key={field.name}
                  label={field.label}
                  value={value}
                  onChange={set}
                  required={field.required}
                />
              );
            return (
              <TextField
                key={field.name}
                label={field.label}
                type={field.kind === 'text' ? 'text' : field.kind}
                step="any"
                value={value}
                onChange={set}
                required={field.required}
              />
            );
          })
        ) : (
          <TextAreaField
            label="Input"
            className="input input--mono"
            rows={12}
            spellCheck={false}
            value={json}
            onChange={setText}
          />
        )}
        {choosing && (
          <FilePicker
            onChoose={(file) => setText(JSON.stringify(arrivalOf(file), null, 2))}
            onClose={() => setChoosing(false)}
          />
        )}
      </div>
    </Dialog>
  );
}
