import type { ExceptionAct, ExceptionDetail, FixField } from '@waybill/api-contract';
import type { JsonValue } from '@waybill/flow-model';
import { useState } from 'react';
import { Button } from '../../ui/Button.tsx';
import { Switch, TextAreaField } from '../../ui/Field.tsx';
import { FormControl } from '../../ui/FormControl.tsx';
import { focusFirstFault } from '../../ui/reveal.ts';
import { hiddenWords } from '../data/hidden-words.ts';
import { factWords } from '../inbox/task-words.ts';
import { editsOf, fixFaults, othersWords, startFixValues } from './exception-words.ts';

/** So many are shown when the error points at none; the others on request. */
const shownAtOnce = 8;

interface FixFormProps {
  exception: ExceptionDetail;
  fields: readonly FixField[];
  /** What hidden fields hold, by path, once it was shown. */
  revealed: ReadonlyMap<string, JsonValue>;
  busy: boolean;
  /** Faults of the server by path. */
  refused: Readonly<Record<string, string>>;
  onSend: (act: ExceptionAct, forAll: boolean) => void;
}

/** The values of the failed step, to be put right; what the error speaks of comes first. */
export function FixForm({ exception, fields, revealed, busy, refused, onSend }: FixFormProps) {
  const [values, setValues] = useState(() => startFixValues(fields));
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const [forAll, setForAll] = useState(false);
  const [all, setAll] = useState(false);
  const edits = editsOf(fields, values);
  const faults = tried ? { ...refused, ...fixFaults(fields, values) } : {};
  const sorted = [...fields.filter((field) => field.suspect), ...fields.filter((field) => !field.suspect)];
  const suspects = fields.filter((field) => field.suspect).length;
  const shown = all ? sorted : sorted.slice(0, suspects > 0 ? suspects : shownAtOnce);
  const send = () => {
    setTried(true);
    if (edits.length === 0 || Object.keys(fixFaults(fields, values)).length > 0) return focusFirstFault();
    const why = reason.trim();
    onSend({ act: 'fix', edits, ...(why ? { reason: why } : {}) }, forAll);
  };
  return (
    <form
      className="decide"
      aria-label="Correct the values"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <h2 className="label-caps">Correct the values</h2>
      {shown.map((field) => (
        <FixControl
          key={field.path}
          field={field}
          revealed={revealed.get(field.path)}
          value={values[field.path]}
          fault={faults[field.path]}
          onChange={(value) => setValues({ ...values, [field.path]: value })}
        />
      ))}
      {shown.length < sorted.length && (
        <Button small look="ghost" onClick={() => setAll(true)}>
          {sorted.length - shown.length === 1
            ? 'Show one more value'
            : `Show ${sorted.length - shown.length} more values`}
        </Button>
      )}
      <TextAreaField
        label="Reason"
        rows={2}
        value={reason}
        help="Optional. Kept with the problem."
        onChange={setReason}
      />
      {exception.siblings > 0 && (
        <Switch
          label={`Use the same values for ${othersWords(exception.siblings)} with this cause`}
          checked={forAll}
          onChange={setForAll}
        />
      )}
      {tried && edits.length === 0 && (
        <p className="field__error" role="alert">
          Nothing is changed yet. To try again with the same values, use the button below.
        </p>
      )}
      <div className="row">
        <Button type="submit" look="primary" disabled={busy}>
          Correct and try again
        </Button>
      </div>
    </form>
  );
}

interface FixControlProps {
  field: FixField;
  revealed: JsonValue | undefined;
  value: string | boolean | undefined;
  fault: string | undefined;
  onChange: (value: string | boolean) => void;
}

function FixControl({ field, revealed, ...rest }: FixControlProps) {
  const help = field.suspect ? 'The error speaks of this value.' : (field.help ?? undefined);
  const hidden = field.masked
    ? { placeholder: revealed === undefined ? hiddenWords : `It holds ${factWords(revealed)}` }
    : {};
  return (
    <div className={field.suspect ? 'fix__field fix__field--suspect' : 'fix__field'}>
      <FormControl
        kind={field.kind}
        label={field.label}
        required={field.required && !field.masked}
        options={field.options ?? []}
        help={help}
        {...hidden}
        {...rest}
      />
    </div>
  );
}
