import { Search } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { useId } from 'react';
import { classNames } from './class-names.ts';

interface FieldProps {
  label: string;
  optional?: boolean | undefined;
  help?: string | undefined;
  error?: string | undefined;
  /** Beside the label, e.g. a mode switch. */
  aside?: ReactNode;
  /** Gets the id to put on the control, and the id of the text that describes it. */
  children: (ids: { id: string; describedBy: string | undefined; invalid: boolean }) => ReactNode;
}

/** Label, control, help and error, tied together for assistive technology. */
export function Field({ label, optional, help, error, aside, children }: FieldProps) {
  const id = useId();
  const describedBy = error || help ? `${id}-about` : undefined;
  return (
    <div className="field">
      <div className="field__label">
        <label htmlFor={id}>{label}</label>
        {optional && <small>optional</small>}
        {aside && <span style={{ marginLeft: 'auto' }}>{aside}</span>}
      </div>
      {children({ id, describedBy, invalid: Boolean(error) })}
      {error ? (
        <p className="field__error" id={describedBy} role="alert">
          {error}
        </p>
      ) : (
        help && (
          <p className="field__help" id={describedBy}>
            {help}
          </p>
        )
      )}
    </div>
  );
}

interface TextFieldProps extends Omit<ComponentProps<'input'>, 'onChange'> {
  label: string;
  help?: string;
  error?: string | undefined;
  onChange: (value: string) => void;
}

export function TextField({ label, help, error, onChange, ...rest }: TextFieldProps) {
  return (
    <Field label={label} help={help} error={error} optional={rest.required === false}>
      {({ id, describedBy, invalid }) => (
        <input
          {...rest}
          id={id}
          aria-describedby={describedBy}
          aria-invalid={invalid}
          className="input"
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

interface TextAreaFieldProps extends Omit<ComponentProps<'textarea'>, 'onChange'> {
  label: string;
  help?: string;
  error?: string | undefined;
  onChange: (value: string) => void;
}

export function TextAreaField({ label, help, error, onChange, className, ...rest }: TextAreaFieldProps) {
  return (
    <Field label={label} help={help} error={error}>
      {({ id, describedBy, invalid }) => (
        <textarea
          {...rest}
          id={id}
          aria-describedby={describedBy}
          aria-invalid={invalid}
          className={classNames('input', className)}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

interface SelectProps extends Omit<ComponentProps<'select'>, 'onChange'> {
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
}

/** The platform's own select: keyboard, screen readers and phones all know it. */
export function Select({ options, onChange, ...rest }: SelectProps) {
  return (
    <select {...rest} className="input" onChange={(event) => onChange(event.target.value)}>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

export function SelectField({ label, help, ...rest }: SelectProps & { label: string; help?: string }) {
  return (
    <Field label={label} help={help}>
      {({ id, describedBy }) => <Select {...rest} id={id} aria-describedby={describedBy} />}
    </Field>
  );
}

interface SearchBoxProps {
  value: string;
  onChange: (value: string) => void;
  label: string;
}

export function SearchBox({ value, onChange, label }: SearchBoxProps) {
  return (
    <label className="search">
      <span className="sr-only">{label}</span>
      <Search size={15} aria-hidden />
      <input
        type="search"
        className="input"
        placeholder={label}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}

interface SwitchProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  label: string;
  id?: string;
  hideLabel?: boolean;
  disabled?: boolean;
}

export function Switch({ checked, onChange, label, id, hideLabel, disabled }: SwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      id={id}
      aria-checked={checked}
      aria-label={label}
      className="switch"
      disabled={disabled}
      onClick={() => onChange(!checked)}
    >
      <span className="switch__track" aria-hidden />
      {!hideLabel && <span>{label}</span>}
    </button>
  );
}
