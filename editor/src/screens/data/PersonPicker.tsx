import type { PersonChoice } from '@waybill/api-contract';
import { useDeferredValue, useState } from 'react';
import { useApiQuery } from '../../api/queries.ts';
import type { ComboOption } from '../../ui/Combobox.tsx';
import { Combobox } from '../../ui/Combobox.tsx';
import { Field } from '../../ui/Field.tsx';

interface PersonPickerProps {
  id?: string | undefined;
  label?: string | undefined;
  describedBy?: string | undefined;
  invalid?: boolean | undefined;
  placeholder?: string | undefined;
  /** User id; empty for nobody. */
  value: string;
  /** Why a person cannot be chosen here; null if they can. */
  whyNot?: (person: PersonChoice) => string | null;
  /** Who acts without being a person: keys, the platform itself. */
  also?: readonly ComboOption[];
  onChange: (userId: string) => void;
}

/** One person of all there are, looked for on the server. */
export function PersonPicker(props: PersonPickerProps) {
  const { value, whyNot, also = [], onChange, placeholder = 'Type a name', ...rest } = props;
  const [text, setText] = useState('');
  const wanted = useDeferredValue(text);
  const found = useApiQuery('listPeople', { query: wanted ? { text: wanted } : {} });
  const other = also.find((one) => one.value === value);
  const chosen = useApiQuery('listPeople', { query: { id: value } }, { enabled: value !== '' && !other });
  const person = value === '' ? undefined : chosen.data?.items.find((one) => one.id === value);
  const fitting = also.filter((one) => one.label.toLowerCase().includes(wanted.toLowerCase()));
  return (
    <Combobox
      {...rest}
      placeholder={placeholder}
      chosen={value === '' ? '' : (other?.label ?? person?.name ?? value)}
      options={
        found.data && [
          ...found.data.items.map((one) => ({
            value: one.id,
            label: one.name,
            about: one.email,
            whyNot: whyNot?.(one),
          })),
          ...fitting,
        ]
      }
      onType={setText}
      onChoose={(option) => onChange(option?.value ?? '')}
    />
  );
}

interface PersonFieldProps extends Omit<PersonPickerProps, 'id' | 'describedBy' | 'invalid' | 'label'> {
  label: string;
  optional?: boolean;
  help?: string | undefined;
  error?: string | undefined;
}

export function PersonField({ label, optional, help, error, ...rest }: PersonFieldProps) {
  return (
    <Field label={label} optional={optional} help={help} error={error}>
      {(ids) => <PersonPicker {...ids} {...rest} />}
    </Field>
  );
}
