import type { Connection, CredentialType } from '@waybill/api-contract';
import { Field, Select, Switch, TextField } from '../../ui/Field.tsx';
import type { FieldValues } from './connection-form.ts';

interface AccessFieldsProps {
  type: CredentialType;
  saved: Pick<Connection, 'secretsSet'> | null;
  values: FieldValues;
  faults: Readonly<Record<string, string>>;
  onChange: (name: string, value: string) => void;
  privately: boolean;
  onPrivately: (privately: boolean) => void;
}

/** Address and secrets, as the type of the connection asks for them. */
export function AccessFields({ type, saved, values, faults, onChange, privately, onPrivately }: AccessFieldsProps) {
  return (
    <>
      {Object.entries(type.fields).map(([key, field]) => {
        const set = saved?.secretsSet.includes(key) ?? false;
        const change = (value: string) => onChange(key, value);
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
      <Switch label="May reach private addresses" checked={privately} onChange={onPrivately} />
      {privately && (
        <p className="callout callout--waiting">
          Flows may now reach machines inside your own network through this connection. Leave it off unless the system
          runs there.
        </p>
      )}
    </>
  );
}
