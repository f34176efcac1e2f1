import { classNames } from './class-names.ts';
import { Field, Select, Switch } from './Field.tsx';

interface FormControlProps {
  kind: string;
  label: string;
  required: boolean;
  options: { value: string; label: string }[];
  help?: string | undefined;
  placeholder?: string | undefined;
  fault: string | undefined;
  value: string | boolean | undefined;
  onChange: (value: string | boolean) => void;
}

/** Texts that are read by letter. */
const programs: ReadonlySet<string> = new Set(['json', 'expression', 'code']);

/** One field of a form that data describes: a decision, a correction. */
export function FormControl({
  kind,
  label,
  required,
  options,
  help,
  placeholder,
  fault,
  value,
  onChange,
}: FormControlProps) {
  if (kind === 'boolean') return <Switch label={label} checked={value === true} onChange={onChange} />;
  const text = typeof value === 'string' ? value : '';
  return (
    <Field label={label} optional={!required} help={help} error={fault}>
      {({ id, describedBy, invalid }) => {
        const shared = { id, 'aria-describedby': describedBy, 'aria-invalid': invalid };
        if (kind === 'choice') return <Select {...shared} value={text} onChange={onChange} options={options} />;
        if (kind === 'multiline' || programs.has(kind))
          return (
            <textarea
              {...shared}
              className={classNames('input', programs.has(kind) && 'mono')}
              rows={programs.has(kind) ? 6 : 4}
              spellCheck={!programs.has(kind)}
              placeholder={placeholder}
              value={text}
              onChange={(event) => onChange(event.target.value)}
            />
          );
        return (
          <input
            {...shared}
            className="input"
            type={kind === 'date' ? 'date' : 'text'}
            placeholder={placeholder}
            {...(kind === 'number' ? { inputMode: 'decimal' as const } : {})}
            value={text}
            onChange={(event) => onChange(event.target.value)}
          />
        );
      }}
    </Field>
  );
}
