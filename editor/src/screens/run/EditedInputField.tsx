import { Switch, TextAreaField } from '../../ui/Field.tsx';
import { ChangeList } from '../data/ChangeList.tsx';
import { valueChanges } from '../data/value-changes.ts';
import type { EditedInput } from './edited-input.ts';
import '../data/data.css';

interface EditedInputFieldProps {
  input: EditedInput;
  help: string;
  of?: 'input' | 'record';
  rows: number;
}

/** Offers to change the input of a step, or a record, first, and shows what is changed. */
export function EditedInputField({ input, help, rows, of = 'input' }: EditedInputFieldProps) {
  const { editing, setEditing, text, setText, before, after, fault } = input;
  return (
    <>
      <Switch label={`Change the ${of} first`} checked={editing} onChange={setEditing} />
      {editing && (
        <>
          <TextAreaField
            label={of === 'input' ? 'Input' : 'Record'}
            className="input--mono"
            rows={rows}
            spellCheck={false}
            value={text}
            readOnly={before === undefined}
            help={help}
            error={fault ?? undefined}
            onChange={setText}
          />
          {before !== undefined && after !== undefined && (
            <ChangeList label="What you change" changes={valueChanges(before, after)} />
          )}
        </>
      )}
    </>
  );
}
