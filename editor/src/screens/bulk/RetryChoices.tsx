import type { BulkRetryOptions } from '@waybill/api-contract';

const choices = [
  {
    value: 'same',
    label: 'On the version each began with',
    about: 'The runs themselves go on where they stand.',
  },
  {
    value: 'newest',
    label: 'On the newest published version',
    about:
      'Each failed run is repeated as a new one that does not write again what is written. Those that began with it go on where they stand.',
  },
] as const;

interface RetryChoicesProps {
  value: BulkRetryOptions;
  onChange: (value: BulkRetryOptions) => void;
}

/** On which version failed runs are tried again. */
export function RetryChoices({ value, onChange }: RetryChoicesProps) {
  return (
    <fieldset className="bulk-acts" aria-label="On which version">
      {choices.map((option) => (
        <label key={option.value} className="bulk-acts__one">
          <input
            type="radio"
            name="retry-version"
            checked={value.version === option.value}
            onChange={() => onChange({ version: option.value })}
          />
          <span>
            <strong>{option.label}</strong>
            <span className="muted">{option.about}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
