import { useState } from 'react';
import { TextField } from '../../ui/Field.tsx';

interface NameListProps {
  label: string;
  help: string;
  names: readonly string[];
  /** Longer names are cut. */
  maxChars: number;
  onChange: (names: string[] | undefined) => void;
}

/** Names typed as one line, with commas between them. */
export function NameList({ label, help, names, maxChars, onChange }: NameListProps) {
  // What is typed stays as it is: a comma at its end begins the next name.
  const [typed, setTyped] = useState(names.join(', '));
  const change = (text: string) => {
    setTyped(text);
    const next = text.split(',').flatMap((name) => name.trim().slice(0, maxChars) || []);
    onChange(next.length > 0 ? next : undefined);
  };
  return <TextField label={label} help={help} value={typed} onChange={change} />;
}
