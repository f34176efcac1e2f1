import { TextField } from '../../ui/Field.tsx';
import { PersonField } from '../data/PersonPicker.tsx';
import type { AbsenceForm } from './absence-form.ts';

interface AbsenceFieldsProps {
  form: AbsenceForm;
  faults: Partial<Record<keyof AbsenceForm, string>>;
  /** Who is away: nobody is their own deputy. */
  userId: string;
  onChange: (part: Partial<AbsenceForm>) => void;
}

/** From when until when somebody is away, and who decides for them meanwhile. */
export function AbsenceFields({ form, faults, userId, onChange }: AbsenceFieldsProps) {
  return (
    <>
      <TextField
        label="First day away"
        type="date"
        value={form.from}
        error={faults.from}
        onChange={(from) => onChange({ from })}
      />
      <TextField
        label="First day back"
        type="date"
        value={form.until}
        error={faults.until}
        onChange={(until) => onChange({ until })}
      />
      <PersonField
        label="Deputy"
        value={form.deputyId}
        help="Somebody whose roles let them decide tasks."
        error={faults.deputyId}
        whyNot={(person) => (person.id === userId ? 'Nobody is their own deputy.' : person.whyNot)}
        onChange={(deputyId) => onChange({ deputyId })}
      />
    </>
  );
}
