import type { BulkRetryOptions } from '@waybill/api-contract';
import { RadioCards } from '../../ui/RadioCards.tsx';

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
    <RadioCards
      label="On which version"
      value={value.version}
      options={choices}
      onChange={(version) => onChange({ version })}
    />
  );
}
