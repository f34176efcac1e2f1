import type { FlowSettings } from '@waybill/flow-model';
import { useMemo } from 'react';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field, SelectField, TextField } from '../../ui/Field.tsx';
import { ExpressionInput } from '../inspector/expression/ExpressionInput.tsx';
import { sampleScope } from '../inspector/expression/sample-scope.ts';
import { FieldContext } from '../inspector/field-context.ts';
import { DurationParam, JsonParam } from '../inspector/fields/simple-fields.tsx';
import { useEditor, useEditorStore } from '../state/editor-store.ts';
import { NameList } from './NameList.tsx';
import { suggestedInput, triggersOf } from './trigger-input.ts';

const keys = [
  ['businessKey', 'Business key', 'Names what a run is about, such as a project or an invoice; runs are found by it.'],
  ['orderingKey', 'Ordering key', 'Runs with the same value run one after the other, in the order they were accepted.'],
  ['correlationKey', 'Correlation key', 'Goes along with every outside call; the id of the run if left empty.'],
  [
    'valueAtStake',
    'Value at stake',
    'What a run is worth; shown when it cannot go on, and used to decide who looks first.',
  ],
  ['currency', 'Currency of the value', 'A currency code in quotes, or where it stands in the data.'],
] as const;

const orders = [
  { value: 'strict', label: 'When the one before is done' },
  { value: 'until-first-wait', label: 'When the one before is done, or waits for a person, an event or a time' },
  { value: 'start-order', label: 'At once, in the order they came' },
];

/** Settings of the whole flow. Every change is one of the flow, so undo takes it back. */
export function FlowSettingsDialog() {
  const store = useEditorStore();
  const flow = useEditor((state) => state.flow);
  const catalog = useEditor((state) => state.catalog);
  const readOnly = useEditor((state) => state.readOnly);
  const { settings } = flow;
  const put = <K extends keyof FlowSettings>(key: K, value: FlowSettings[K] | undefined) => {
    const { [key]: _old, ...rest } = store.getState().flow.settings;
    const next = (value === undefined ? rest : { ...rest, [key]: value }) as FlowSettings;
    store
      .getState()
      .apply({ op: 'set-settings', settings: next }, { label: 'Edit flow settings', mergeKey: `settings.${key}` });
  };
  const number = (key: 'concurrency' | 'retentionDays', text: string) => {
    const value = Math.round(Number(text));
    put(key, text === '' || !(value >= 1) ? undefined : value);
  };
  const context = useMemo(() => {
    const trigger = triggersOf(flow, catalog)[0];
    const value = trigger ? suggestedInput(flow, trigger.id, trigger.manifest) : null;
    const sample = sampleScope(flow, catalog, '', {});
    return {
      nodeId: '',
      readOnly,
      sample: { ...sample, scope: { ...sample.scope, trigger: value, input: value } },
    };
  }, [flow, catalog, readOnly]);
  const close = () => store.getState().show({ overlay: null });
  return (
    <Dialog open onClose={close} title="Flow settings" width={620} foot={<Button onClick={close}>Done</Button>}>
      <FieldContext value={context}>
        <fieldset className="param-form" disabled={readOnly}>
          {keys.map(([key, label, help]) => (
            <Field key={key} label={label} help={help} optional>
              {({ id, describedBy }) => (
                <ExpressionInput
                  id={id}
                  describedBy={describedBy}
                  placeholder="trigger.projectId"
                  value={settings[key]?.$ ?? ''}
                  onChange={(text) => put(key, text === '' ? undefined : { $: text })}
                />
              )}
            </Field>
          ))}
          {settings.orderingKey && (
            <>
              <SelectField
                label="The next run with the same ordering key begins"
                value={settings.ordering ?? 'strict'}
                onChange={(value) =>
                  put('ordering', value === 'strict' ? undefined : (value as FlowSettings['ordering']))
                }
                options={orders}
              />
              {settings.ordering !== 'start-order' && (
                <SelectField
                  label="If a run fails, those behind it"
                  value={settings.onFailed ?? 'release'}
                  onChange={(value) => put('onFailed', value === 'hold' ? 'hold' : undefined)}
                  options={[
                    { value: 'release', label: 'Go on without it' },
                    { value: 'hold', label: 'Wait until a person lets them go' },
                  ]}
                />
              )}
            </>
          )}
          <TextField
            label="Runs at the same time"
            help="More wait in the order they were accepted. Empty: no limit."
            type="number"
            min={1}
            value={settings.concurrency ?? ''}
            onChange={(text) => number('concurrency', text)}
          />
          <Field label="Time promised" help="From the first event to the end of a run." optional>
            {({ id, describedBy, invalid }) => (
              <DurationParam
                id={id}
                spec={{ kind: 'duration', label: 'Time promised' }}
                value={settings.slaMs}
                describedBy={describedBy}
                invalid={invalid}
                onChange={(ms) => put('slaMs', typeof ms === 'number' && ms > 0 ? ms : undefined)}
              />
            )}
          </Field>
          <TextField
            label="Keep runs for (days)"
            type="number"
            min={1}
            value={settings.retentionDays ?? ''}
            onChange={(text) => number('retentionDays', text)}
          />
          <TextField
            label="Owner of what fails"
            help="The role or group that gets what the flow cannot resolve by itself."
            value={settings.errorOwner ?? ''}
            maxLength={64}
            onChange={(text) => put('errorOwner', text || undefined)}
          />
          <NameList
            label="Labels"
            help="Separated by commas, such as Finance, Onboarding. Flows and their runs are found by them."
            names={settings.labels ?? []}
            maxChars={40}
            onChange={(names) => put('labels', names?.slice(0, 20))}
          />
          <NameList
            label="Hidden fields"
            help="Names, separated by commas, such as salary, cost rate, IBAN. Only people who may see hidden data see their values, wherever they stand in a run."
            names={settings.masked ?? []}
            maxChars={80}
            onChange={(names) => put('masked', names)}
          />
          <SelectField
            label="When a group of steps fails"
            value={settings.compensation ?? ''}
            onChange={(value) => put('compensation', (value || undefined) as FlowSettings['compensation'])}
            options={[
              { value: '', label: 'Default' },
              { value: 'none', label: 'Leave what was done' },
              { value: 'automatic', label: 'Undo what was done' },
              { value: 'ask', label: 'Ask a person' },
            ]}
          />
          <SelectField
            label="When a run fails"
            help="What it did in other systems, the newest first. Steps that cannot be taken back stay as they are."
            value={settings.undoFailedRun ?? ''}
            onChange={(value) => put('undoFailedRun', (value || undefined) as FlowSettings['undoFailedRun'])}
            options={[
              { value: '', label: 'Leave what it did' },
              { value: 'ask', label: 'Ask a person, then take it back' },
              { value: 'always', label: 'Take back what it did' },
            ]}
          />
          <SelectField
            label="Priority"
            value={settings.lane ?? ''}
            onChange={(value) => put('lane', (value || undefined) as FlowSettings['lane'])}
            options={[
              { value: '', label: 'Normal' },
              { value: 'high', label: 'High: before others' },
              { value: 'low', label: 'Low: after others' },
            ]}
          />
          <Field label="Constants" help="A JSON object; expressions read vars.name." optional>
            {({ id, describedBy, invalid }) => (
              <JsonParam
                id={id}
                spec={{ kind: 'json', label: 'Constants' }}
                value={settings.vars}
                describedBy={describedBy}
                invalid={invalid}
                onChange={(value) =>
                  put('vars', typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined)
                }
              />
            )}
          </Field>
        </fieldset>
      </FieldContext>
    </Dialog>
  );
}
