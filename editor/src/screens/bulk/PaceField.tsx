import { TextField } from '../../ui/Field.tsx';

const mostPerMinute = 60_000;

/** How many a minute, from what was typed; null if that is no pace. */
export function paceOf(typed: string): number | null {
  const pace = Number(typed);
  return typed.trim() !== '' && Number.isInteger(pace) && pace >= 1 && pace <= mostPerMinute ? pace : null;
}

interface PaceFieldProps {
  value: string;
  onChange: (typed: string) => void;
  help?: string;
}

export function PaceField({ value, onChange, help }: PaceFieldProps) {
  return (
    <TextField
      label="At most per minute"
      type="number"
      min={1}
      max={mostPerMinute}
      value={value}
      {...(help ? { help } : {})}
      error={paceOf(value) === null ? 'A whole number from 1 to 60,000.' : undefined}
      onChange={onChange}
    />
  );
}
