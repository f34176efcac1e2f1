import type { PersonChoice } from '@waybill/api-contract';
import { useDeferredValue, useState } from 'react';
import { useApiQuery } from '../../api/queries.ts';
import { Badge } from '../../ui/Badge.tsx';
import { classNames } from '../../ui/class-names.ts';
import { SearchBox, TextAreaField } from '../../ui/Field.tsx';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { ListState } from '../../ui/States.tsx';
import { useSending } from '../../ui/sending.ts';

interface PersonDialogProps {
  /** Whose candidates are shown. */
  taskId: string;
  to: 'assign' | 'delegate';
  /** Several tasks at once: the people of the first are offered, and each task says for itself whether it goes. */
  about: string;
  onChoose: (person: PersonChoice, reason: string) => Promise<unknown>;
  onClose: () => void;
}

const words = {
  assign: { title: 'Assign to', act: 'Assign' },
  delegate: { title: 'Delegate your decision to', act: 'Delegate' },
};

/** Who may have the task: those who can be chosen first, the others with the reason why not. */
export function PersonDialog({ taskId, to, about, onChoose, onClose }: PersonDialogProps) {
  const [text, setText] = useState('');
  const wanted = useDeferredValue(text.trim());
  const [chosen, setChosen] = useState<PersonChoice | null>(null);
  const [reason, setReason] = useState('');
  const sending = useSending();
  const people = useApiQuery('listTaskPeople', {
    params: { taskId },
    query: { to, ...(wanted ? { text: wanted } : {}) },
  });
  const choose = async () => {
    if (!chosen) return;
    await onChoose(chosen, reason.trim());
    onClose();
  };
  return (
    <FormDialog
      onClose={onClose}
      title={words[to].title}
      about={about}
      width={480}
      sending={sending}
      sound
      perform={choose}
      act={chosen ? `${words[to].act} to ${chosen.name}` : words[to].act}
      blocked={chosen === null}
      leave="Cancel"
    >
      <SearchBox label="Search people" value={text} onChange={setText} />
      <div className="people" role="radiogroup" aria-label="People">
        <ListState
          query={people}
          isEmpty={({ items }) => items.length === 0}
          empty={
            <p className="muted people__none">{text ? 'Nobody is called that.' : 'Nobody else may decide this.'}</p>
          }
        >
          {({ items }) =>
            items.map((person) => (
              <label
                key={person.id}
                className={classNames('people__one', person.whyNot !== null && 'people__one--off')}
              >
                <input
                  type="radio"
                  name="person"
                  checked={chosen?.id === person.id}
                  disabled={person.whyNot !== null}
                  onChange={() => setChosen(person)}
                />
                <span className="people__name">
                  <strong>{person.name}</strong>
                  <span className="muted truncate">{person.whyNot ?? person.email}</span>
                </span>
                {person.awayUntil !== null && (
                  <Badge tone="waiting">away until {new Date(person.awayUntil).toLocaleDateString()}</Badge>
                )}
              </label>
            ))
          }
        </ListState>
      </div>
      <TextAreaField
        label="Why"
        rows={2}
        value={reason}
        maxLength={1_000}
        help="Stands in the history."
        onChange={setReason}
      />
    </FormDialog>
  );
}
