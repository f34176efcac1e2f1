import { useState } from 'react';
import { TextField } from '../../ui/Field.tsx';

interface HiddenFieldsProps {
  names: readonly string[];
  onChange: (names: string[] | undefined) => void;
}

/** Names of fields whose values are hidden, typed as one line. */
export function HiddenFields({ names, onChange }: HiddenFieldsProps) {
  // What is typed stays as it is: a comma at its end begins the next name.
  const [typed, setTyped] = useState(names.join(', '));
  const change = (text: string) => {
    setTyped(text);
    const next = text.split(',').flatMap((name) => name.trim() || []);
    onChange(next.length > 0 ? next : undefined);
  };
  return (
    <TextField
      label="Hidden fields"
      help="Names, separated by commas, such as salary, cost rate, IBAN. Only people who may see hidden data see their values, wherever they stand in a run."
      value={typed}
      onChange={change}
    />
  );
}
