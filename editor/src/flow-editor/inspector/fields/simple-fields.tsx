import { useEffect, useState } from 'react';
import { FileInput } from '../../../files/FileInput.tsx';
import { Select, Switch } from '../../../ui/Field.tsx';
import type { DurationUnit } from '../duration.ts';
import { durationUnits, joinDuration, splitDuration } from '../duration.ts';
import type { ParamFieldProps } from './field-props.ts';

const asText = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : String(value);

export function TextParam({ spec, id, value, onChange, describedBy, invalid }: ParamFieldProps<'text'>) {
  const common = {
    id,
    value: asText(value),
    placeholder: spec.placeholder,
    maxLength: spec.maxLength,
    'aria-describedby': describedBy,
    'aria-invalid': invalid,
    className: 'input',
  };
  if (spec.picks === 'file')
    return (
      <FileInput
        {...{ id, describedBy, invalid }}
        value={common.value}
        placeholder={spec.placeholder}
        onChange={(path) => onChange(path || undefined)}
      />
    );
  return spec.multiline ? (
    <textarea {...common} rows={4} onChange={(event) => onChange(event.target.value || undefined)} />
  ) : (
    <input {...common} onChange={(event) => onChange(event.target.value || undefined)} />
  );
}

export function NumberParam({
  spec,
  id,
  value,
  onChange,
  describedBy,
  invalid,
}: ParamFieldProps<'number' | 'integer'>) {
  const [text, setText] = useState(asText(value));
  useEffect(() => {
    // What is typed may be unfinished, such as "1." or "-": it stays while it means the same.
    setText((typed) => (typed !== '' && Number(typed) === value ? typed : asText(value)));
  }, [value]);
  return (
    <input
      id={id}
      className="input"
      inputMode="decimal"
      value={text}
      placeholder={spec.placeholder ?? asText(spec.default)}
      aria-describedby={describedBy}
      aria-invalid={invalid || (text !== '' && Number.isNaN(Number(text)))}
      onChange={(event) => {
        setText(event.target.value);
        const number = Number(event.target.value);
        if (event.target.value.trim() === '') onChange(undefined);
        else if (Number.isFinite(number) && (spec.kind === 'number' || Number.isInteger(number))) onChange(number);
      }}
    />
  );
}

export function BooleanParam({ spec, id, value, onChange }: ParamFieldProps<'boolean'>) {
  const checked = (value ?? spec.default) === true;
  return <Switch id={id} label={spec.label} hideLabel checked={checked} onChange={onChange} />;
}

const MOST_SEGMENTS = 3;

export function ChoiceParam({ spec, id, value, onChange, describedBy }: ParamFieldProps<'choice'>) {
  const shown = asText(value ?? spec.default);
  const short = spec.options.length <= MOST_SEGMENTS && spec.options.every((option) => option.label.length <= 16);
  if (short && spec.options.length > 1)
    return (
      <div className="segments" id={id} role="radiogroup" aria-label={spec.label} aria-describedby={describedBy}>
        {spec.options.map((option) => (
          // biome-ignore lint/a11y/useSemanticElements: drawn as one control; arrow keys are not needed for three buttons
          <button
            key={option.value}
            type="button"
            role="radio"
            aria-checked={option.value === shown}
            onClick={() => onChange(option.value)}
          >
            {option.label}
          </button>
        ))}
      </div>
    );
  const options = shown === '' ? [{ value: '', label: 'Choose…' }, ...spec.options] : spec.options;
  return (
    <Select
      id={id}
      aria-describedby={describedBy}
      options={options}
      value={shown}
      onChange={(next) => onChange(next || undefined)}
    />
  );
}

export function DurationParam({ id, spec, value, onChange, describedBy }: ParamFieldProps<'duration'>) {
  const ms = typeof value === 'number' ? value : typeof spec.default === 'number' ? spec.default : 0;
  const [unit, setUnit] = useState<DurationUnit>(splitDuration(ms).unit);
  const factor = joinDuration(1, unit);
  const amount = typeof value === 'number' || spec.default !== undefined ? ms / factor : '';
  return (
    <div className="row">
      <input
        id={id}
        className="input"
        type="number"
        min={0}
        step="any"
        aria-describedby={describedBy}
        value={amount}
        onChange={(event) =>
          onChange(event.target.value === '' ? undefined : joinDuration(Number(event.target.value), unit))
        }
      />
      <Select
        aria-label={`Unit of ${spec.label}`}
        options={durationUnits.map((each) => ({ value: each.unit, label: each.label }))}
        value={unit}
        onChange={(next) => {
          setUnit(next as DurationUnit);
          if (amount !== '') onChange(joinDuration(Number(amount), next as DurationUnit));
        }}
      />
    </div>
  );
}

/** Local wall clock in the form, ISO 8601 in the flow. */
export function DatetimeParam({ id, value, onChange, describedBy }: ParamFieldProps<'datetime'>) {
  const date = typeof value === 'string' ? new Date(value) : null;
  const local =
    date && !Number.isNaN(date.getTime())
      ? new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
      : '';
  return (
    <input
      id={id}
      className="input"
      type="datetime-local"
      aria-describedby={describedBy}
      value={local}
      onChange={(event) => onChange(event.target.value ? new Date(event.target.value).toISOString() : undefined)}
    />
  );
}

const zones: readonly string[] = ['UTC', ...Intl.supportedValuesOf('timeZone')];

export function TimezoneParam({ id, spec, value, onChange, describedBy }: ParamFieldProps<'timezone'>) {
  return (
    <>
      <input
        id={id}
        className="input"
        list={`${id}-zones`}
        aria-describedby={describedBy}
        placeholder={asText(spec.default) || 'Europe/Berlin'}
        value={asText(value)}
        onChange={(event) => onChange(event.target.value || undefined)}
      />
      <datalist id={`${id}-zones`}>
        {zones.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </>
  );
}

/** JSON that is kept only while it can be read. */
export function JsonParam({ id, spec, value, onChange, describedBy }: ParamFieldProps<'json'>) {
  const [text, setText] = useState(value === undefined ? '' : JSON.stringify(value, null, 2));
  const [problem, setProblem] = useState<string | null>(null);
  return (
    <>
      <textarea
        id={id}
        className="input input--mono"
        rows={Math.min(12, Math.max(3, text.split('\n').length))}
        spellCheck={false}
        placeholder={spec.placeholder ?? '{ }'}
        aria-describedby={describedBy}
        aria-invalid={problem !== null}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          if (event.target.value.trim() === '') {
            setProblem(null);
            return onChange(undefined);
          }
          try {
            onChange(JSON.parse(event.target.value));
            setProblem(null);
          } catch (error) {
            setProblem(error instanceof Error ? error.message : 'This is not JSON.');
          }
        }}
      />
      {problem && <p className="field__error">{problem}</p>}
    </>
  );
}
