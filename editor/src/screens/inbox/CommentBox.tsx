import type { PersonChoice } from '@waybill/api-contract';
import { MessageSquare } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import { useDeferredValue, useId, useRef, useState } from 'react';
import { api } from '../../api/client.ts';
import { useApiQuery } from '../../api/queries.ts';
import { useMay, useMe } from '../../api/session.ts';
import { Button } from '../../ui/Button.tsx';
import { toastError } from '../../ui/toasts.ts';
import { namedIn, nameTyped, withName } from './mention.ts';
import { showTask } from './refresh-tasks.ts';

/** Says something to everybody on the task; `@` and a name tells somebody in particular. */
export function CommentBox({ taskId }: { taskId: string }) {
  const [text, setText] = useState('');
  const [caret, setCaret] = useState(0);
  const [chosen, setChosen] = useState<PersonChoice[]>([]);
  const [busy, setBusy] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  // One comment however often it is sent: a new id only once the last one arrived.
  const id = useRef(crypto.randomUUID());
  const typed = nameTyped(text, caret);
  const people = usePeople(taskId, typed?.name ?? null, (person) => {
    if (!typed) return;
    const [next, at] = withName(text, typed, person.name);
    setText(next);
    setCaret(at);
    setChosen([...chosen, person]);
    requestAnimationFrame(() => box.current?.setSelectionRange(at, at));
  });
  const send = async () => {
    if (busy || text.trim() === '') return;
    setBusy(true);
    try {
      const body = { id: id.current, text, mentions: namedIn(text, chosen) };
      showTask(await api('commentTask', { params: { taskId }, body }));
      id.current = crypto.randomUUID();
      setText('');
      setChosen([]);
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className="comment-box"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <textarea
        ref={box}
        className="input"
        data-act="comment"
        aria-label="Write to everybody on this task"
        placeholder="Ask or add something. Everybody who sees this task reads it; @ and a name tells somebody."
        rows={2}
        maxLength={4_000}
        value={text}
        {...people.field}
        onChange={(event) => {
          setText(event.target.value);
          setCaret(event.target.selectionStart);
        }}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
        onKeyDown={(event) => {
          if (people.onKey(event)) return;
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void send();
        }}
      />
      <Button type="submit" small icon={MessageSquare} disabled={busy || text.trim() === ''}>
        Comment
      </Button>
      {people.list}
    </form>
  );
}

/** The people a name that is being typed may mean, and the keys that choose one of them. */
function usePeople(taskId: string, name: string | null, onChoose: (person: PersonChoice) => void) {
  const may = useMay();
  const me = useMe();
  const listId = useId();
  const [at, setAt] = useState(0);
  /** The name after which Escape was pressed: no list until it is another one. */
  const [closedFor, setClosedFor] = useState<string | null>(null);
  const wanted = useDeferredValue(name ?? '');
  const isOpen = name !== null && closedFor !== name && may('tasks.decide');
  const found = useApiQuery(
    'listTaskPeople',
    { params: { taskId }, query: { to: 'mention', ...(wanted ? { text: wanted } : {}) } },
    { enabled: isOpen },
  );
  const isOther = (person: PersonChoice) => person.whyNot === null && person.id !== me.user.id;
  const items = isOpen ? (found.data?.items ?? []).filter(isOther).slice(0, 6) : [];
  const active = Math.min(at, items.length - 1);
  const optionId = (index: number) => `${listId}-${index}`;

  function onKey(event: KeyboardEvent): boolean {
    const person = items[active];
    if (!person || event.ctrlKey || event.metaKey) return false;
    if (event.key === 'ArrowDown') setAt((active + 1) % items.length);
    else if (event.key === 'ArrowUp') setAt((active + items.length - 1) % items.length);
    else if (event.key === 'Enter' || event.key === 'Tab') onChoose(person);
    else if (event.key === 'Escape') setClosedFor(name);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  return {
    onKey,
    field: {
      'aria-autocomplete': 'list' as const,
      ...(items.length > 0 ? { 'aria-controls': listId, 'aria-activedescendant': optionId(active) } : {}),
    },
    list: items.length > 0 && (
      <div className="comment-box__people" role="listbox" id={listId} aria-label="People you can name">
        {items.map((person, index) => (
          <div
            key={person.id}
            id={optionId(index)}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            className="comment-box__person"
            // The caret stays in the text.
            onMouseDown={(event) => {
              event.preventDefault();
              onChoose(person);
            }}
          >
            <strong>{person.name}</strong> <span className="muted">{person.email}</span>
          </div>
        ))}
      </div>
    ),
  };
}
