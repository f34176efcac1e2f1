import type { FlowNode, NodeId, NodeManifest } from '@waybill/flow-model';
import { Field, SelectField, Switch, TextAreaField, TextField } from '../../ui/Field.tsx';
import { durationWords } from '../../ui/time-words.ts';
import { useEditor } from '../state/editor-store.ts';
import { DurationParam } from './fields/simple-fields.tsx';
import { useNodeEdit } from './use-node-edit.ts';

const without = <K extends keyof FlowNode>(node: FlowNode, key: K): FlowNode => {
  const { [key]: _gone, ...rest } = node;
  return rest as FlowNode;
};

/** How a step behaves whatever it does: name, join, retry, time limit, comment. */
export function NodeSettings({
  id,
  node,
  manifest,
}: {
  id: NodeId;
  node: FlowNode;
  manifest: NodeManifest | undefined;
}) {
  const readOnly = useEditor((state) => state.readOnly);
  const { change } = useNodeEdit(id);
  const traits = manifest?.traits;
  const preset = traits && traits.effect !== 'pure' ? traits.retry : null;
  const retry = node.retry ?? preset;
  const setRetry = (part: Partial<NonNullable<typeof retry>>) =>
    change(
      (current) => ({
        ...current,
        retry: { ...(current.retry ?? preset ?? { attempts: 1, firstDelayMs: 1_000, maxDelayMs: 60_000 }), ...part },
      }),
      'Edit retries',
      'retry',
    );
  const durationField = (
    label: string,
    value: number | undefined,
    onChange: (ms: number | undefined) => void,
    help?: string,
  ) => (
    <Field label={label} optional help={help}>
      {({ id: fieldId, describedBy, invalid }) => (
        <DurationParam
          key={`${id}-${label}`}
          id={fieldId}
          spec={{ kind: 'duration', label }}
          value={value}
          describedBy={describedBy}
          invalid={invalid}
          onChange={(next) => onChange(typeof next === 'number' && next > 0 ? next : undefined)}
        />
      )}
    </Field>
  );
  return (
    <fieldset className="param-form param__control" disabled={readOnly}>
      <TextField
        label="Name"
        value={node.title ?? ''}
        placeholder={manifest?.title ?? id}
        maxLength={120}
        onChange={(title) =>
          change((current) => (title ? { ...current, title } : without(current, 'title')), 'Rename step', 'title')
        }
      />
      <p className="field__help">
        Expressions call it <code>steps.{id}</code>.
      </p>
      <TextAreaField
        label="Comment"
        rows={3}
        maxLength={4_000}
        value={node.comment ?? ''}
        onChange={(comment) =>
          change(
            (current) => (comment ? { ...current, comment } : without(current, 'comment')),
            'Edit comment',
            'comment',
          )
        }
      />
      <Switch
        label="Disabled: passes its input on"
        checked={node.disabled === true}
        disabled={readOnly}
        onChange={(disabled) =>
          change(
            (current) => (disabled ? { ...current, disabled } : without(current, 'disabled')),
            'Enable or disable',
            'disabled',
          )
        }
      />
      {manifest?.kind !== 'trigger' && (
        <>
          <SelectField
            label="Runs when"
            value={node.join ?? ''}
            options={[
              { value: '', label: `As the step kind says (${manifest?.join === 'all' ? 'all edges' : 'any edge'})` },
              { value: 'any', label: 'any edge into it was taken' },
              { value: 'all', label: 'all edges into it were taken' },
            ]}
            onChange={(join) =>
              change(
                (current) => (join === 'any' || join === 'all' ? { ...current, join } : without(current, 'join')),
                'Edit join rule',
                'join',
              )
            }
          />
          {durationField(
            'Time limit',
            node.timeoutMs,
            (timeoutMs) =>
              change(
                (current) => (timeoutMs === undefined ? without(current, 'timeoutMs') : { ...current, timeoutMs }),
                'Edit time limit',
                'timeoutMs',
              ),
            traits ? `The step kind allows ${durationWords(traits.timeoutMs)}.` : undefined,
          )}
        </>
      )}
      {retry && (
        <>
          <h3 className="label-caps">Retries</h3>
          <TextField
            label="Tries in all"
            type="number"
            min={1}
            max={100}
            value={retry.attempts}
            onChange={(text) => {
              const attempts = Math.round(Number(text));
              if (attempts >= 1 && attempts <= 100) setRetry({ attempts });
            }}
          />
          {durationField('First pause', retry.firstDelayMs, (ms) => setRetry({ firstDelayMs: ms ?? 0 }))}
          {durationField('Longest pause', retry.maxDelayMs, (ms) => setRetry({ maxDelayMs: ms ?? 0 }))}
          {node.retry && (
            <button
              type="button"
              className="btn btn--small"
              onClick={() => change((current) => without(current, 'retry'), 'Edit retries', 'retry-reset')}
            >
              Back to what the step kind says
            </button>
          )}
        </>
      )}
      {traits?.effect === 'write' && (
        <p className="callout">
          <span>
            <strong>This step changes an outside system.</strong> {repeatWords[traits.idempotency.how]}
          </span>
        </p>
      )}
    </fieldset>
  );
}

const repeatWords = {
  natural: 'Repeating it changes nothing more, so it is repeated safely after a crash.',
  key: 'The system takes our key and does it once, so it is repeated safely after a crash.',
  probe: 'After a crash Waybill looks whether it happened before doing it again.',
  none: 'After a crash nobody can know whether it happened, so a person is asked.',
};
