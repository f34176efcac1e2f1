import type { JsonObject, JsonValue } from '@waybill/flow-model';
import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { Button, IconButton } from '../../../ui/Button.tsx';
import { asExpression } from '../expression/as-expression.ts';
import { ExpressionInput } from '../expression/ExpressionInput.tsx';
import type { ParamFieldProps } from './field-props.ts';

/** A row without text is left out; everything else is an expression. */
const fromExpression = (text: string): JsonValue | undefined => (text.trim() === '' ? undefined : { $: text });

/** The mapper: a field of the target on the left, where its value comes from on the right. */
export function MappingParam({ spec, id, value, onChange }: ParamFieldProps<'mapping'>) {
  const rows: JsonObject = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  const declared = spec.fields ?? [];
  const extra = Object.keys(rows).filter((name) => !declared.some((field) => field.name === name));
  const [name, setName] = useState('');
  const set = (field: string, next: JsonValue | undefined) => {
    const { [field]: _old, ...rest } = rows;
    // In place, so that typing does not move the row.
    const made = next === undefined ? rest : field in rows ? { ...rows, [field]: next } : { ...rest, [field]: next };
    onChange(Object.keys(made).length === 0 ? undefined : made);
  };
  const add = () => {
    const clean = name.trim();
    if (clean && !(clean in rows)) onChange({ ...rows, [clean]: { $: '' } });
    setName('');
  };
  const missing = declared.filter((field) => field.required && rows[field.name] === undefined);
  const row = (
    field: { name: string; label?: string | undefined; required?: boolean | undefined },
    removable: boolean,
  ) => (
    <div className="mapping__row" key={field.name}>
      <div className="mapping__name" title={field.name}>
        <span className="truncate">{field.label ?? field.name}</span>
        {field.required && <small>required</small>}
        {removable && (
          <IconButton
            label={`Remove ${field.name}`}
            icon={X}
            small
            onClick={() => {
              const { [field.name]: _old, ...rest } = rows;
              onChange(Object.keys(rest).length === 0 ? undefined : rest);
            }}
          />
        )}
      </div>
      <ExpressionInput
        id={`${id}-${field.name}`}
        label={field.label ?? field.name}
        value={rows[field.name] === undefined ? '' : asExpression(rows[field.name] as JsonValue)}
        invalid={Boolean(field.required) && rows[field.name] === undefined}
        placeholder="Where the value comes from"
        onChange={(text) => set(field.name, removable ? { $: text } : fromExpression(text))}
      />
    </div>
  );
  return (
    <div className="mapping" id={id}>
      {declared.map((field) => row(field, false))}
      {extra.map((field) => row({ name: field }, true))}
      <div className="row">
        <input
          className="input"
          aria-label="Name of a further field"
          placeholder="Name of a further field"
          value={name}
          onChange={(event) => setName(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            add();
          }}
        />
        <Button icon={Plus} onClick={add} disabled={name.trim() === ''}>
          Add
        </Button>
      </div>
      {missing.length > 0 && (
        <p className="field__error">Still to map: {missing.map((field) => field.label ?? field.name).join(', ')}</p>
      )}
    </div>
  );
}
