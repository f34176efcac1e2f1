import { FolderOpen } from 'lucide-react';
import { useState } from 'react';
import { useMay } from '../api/session.ts';
import { Button } from '../ui/Button.tsx';
import { FilePicker } from './FilePicker.tsx';

interface FileInputProps {
  id: string;
  /** Path of the file. */
  value: string;
  placeholder?: string | undefined;
  describedBy?: string | undefined;
  invalid?: boolean;
  onChange: (path: string) => void;
}

/** The name of a file that came in; null for other paths. */
const nameIn = (path: string): string | null => /^uploads\/f_[0-9a-f]+\/([^/]+)$/.exec(path)?.[1] ?? null;

/** The path of a file: typed, or chosen from those that came in. */
export function FileInput({ id, value, placeholder, describedBy, invalid, onChange }: FileInputProps) {
  const may = useMay();
  const [choosing, setChoosing] = useState(false);
  const name = nameIn(value);
  return (
    <>
      <span className="row file-input">
        <input
          id={id}
          className="input"
          value={value}
          placeholder={placeholder}
          title={value}
          aria-describedby={describedBy}
          aria-invalid={invalid}
          onChange={(event) => onChange(event.target.value)}
        />
        {may('files.read') && (
          <Button icon={FolderOpen} onClick={() => setChoosing(true)}>
            Choose…
          </Button>
        )}
        {choosing && <FilePicker onChoose={({ path }) => onChange(path)} onClose={() => setChoosing(false)} />}
      </span>
      {name && <p className="field__help">{name}</p>}
    </>
  );
}
