import { useId } from 'react';
import { classNames } from './class-names.ts';

interface RadioCardsProps<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; label: string; about: string }[];
  onChange: (value: T) => void;
  /** Side by side in two columns; default: one below the other. */
  paired?: boolean;
}

/** One of a few ways, each with a sentence on what it means. */
export function RadioCards<T extends string>({ label, value, options, onChange, paired = false }: RadioCardsProps<T>) {
  const name = useId();
  return (
    <fieldset className={classNames('radio-cards', paired && 'radio-cards--paired')} aria-label={label}>
      {options.map((option) => (
        <label key={option.value} className="radio-cards__one">
          <input type="radio" name={name} checked={value === option.value} onChange={() => onChange(option.value)} />
          <span>
            <strong>{option.label}</strong>
            <span className="muted">{option.about}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
