import { Field, Select, Switch } from './Field.tsx';

interface FormControlProps {
  kind: string;
  label: string;
  required: boolean;
  options: { value: string; label: string }[];
  help?: string | undefined;
  fault: string | undefined;
  value: string | boolean | undefined;
  onChange: (value: string | boolean) => void;
}

/** One field of a form that data describes: a decision, a correction. */
export function FormControl({ kind, label, required, options, help, fault, value, onChange }: FormControlProps) {
  if (kind === 'boolean') return <Switch label={label} checked={value === true} onChange={onChange} />;
  const text = typeof value === 'string' ? value : '';
  return (
    <Field label={label} optional={!required} help={help} error={fault}>
      {({ id, describedBy, invalid }) => {
        const shared = { id, 'aria-describedby': describedBy, 'aria-invalid': invalid };
        if (kind === 'choice') return <Select {...shared} value={text} onChange={onChange} options={options} />;
        if (kind === 'multiline')
          return (
            <textarea
              {...shared}
              className="input"
              rows={4}
              value={text}
              onChange={(event) => onChange(event.target.value)}
            />
          );
        return (
          <input
            {...shared}
            className="input"
            type={kind === 'date' ? 'date' : 'text'}
            {...(kind === 'number' ? { inputMode: 'decimal' as const } : {})}
            value={text}
            onChange={(event) => onChange(event.target.value)}
          />
        );
      }}
    </Field>
  );
}
