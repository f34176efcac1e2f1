import { X } from 'lucide-react';
import { useId, useState } from 'react';
import { IconButton } from './Button.tsx';
import { classNames } from './class-names.ts';

export interface ComboOption {
  value: string;
  label: string;
  /** Beside the label, such as an address. */
  about?: string | undefined;
  /** Why it cannot be chosen. */
  whyNot?: string | null | undefined;
}

interface ComboboxProps {
  id?: string | undefined;
  label?: string | undefined;
  describedBy?: string | undefined;
  invalid?: boolean | undefined;
  placeholder?: string | undefined;
  /** What is chosen, in words; empty: nothing. */
  chosen: string;
  /** What fits what is typed; undefined while it is looked for. */
  options: readonly ComboOption[] | undefined;
  /** Something is typed: the options are to fit it. */
  onType: (text: string) => void;
  onChoose: (option: ComboOption | null) => void;
}

/** One of many, found by typing. The list comes from outside, so that it may be longer than anybody could scroll. */
export function Combobox(props: ComboboxProps) {
  const { id, label, describedBy, invalid, placeholder, chosen, options, onType, onChoose } = props;
  const listId = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const [at, setAt] = useState(0);
  const isOpen = typed !== null;
  const found = options ?? [];
  const open = (text: string) => {
    setTyped(text);
    setAt(0);
    onType(text.trim());
  };
  const close = () => {
    setTyped(null);
    onType('');
  };
  const choose = (option: ComboOption | undefined) => {
    if (!option || option.whyNot) return;
    onChoose(option);
    close();
  };
  const press = (event: React.KeyboardEvent) => {
    if (event.key === 'Escape' && isOpen) {
      // Closes the list, not the dialog around it.
      event.stopPropagation();
      event.preventDefault();
      close();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!isOpen) open('');
      else setAt(Math.max(0, Math.min(found.length - 1, at + (event.key === 'ArrowDown' ? 1 : -1))));
    } else if (event.key === 'Enter' && isOpen) {
      event.preventDefault();
      choose(found[at]);
    }
  };
  return (
    <div className="combo">
      <input
        id={id}
        className="input"
        role="combobox"
        autoComplete="off"
        aria-label={label}
        aria-describedby={describedBy}
        aria-invalid={invalid}
        aria-expanded={isOpen}
        aria-controls={listId}
        aria-activedescendant={isOpen && found[at] ? `${listId}-${at}` : undefined}
        placeholder={placeholder}
        value={typed ?? chosen}
        onFocus={(event) => event.target.select()}
        onChange={(event) => open(event.target.value)}
        onClick={() => !isOpen && open('')}
        onKeyDown={press}
        onBlur={close}
      />
      {chosen !== '' && !isOpen && (
        <span className="combo__clear">
          <IconButton small label={`Clear ${label ?? chosen}`} icon={X} onClick={() => onChoose(null)} />
        </span>
      )}
      <div id={listId} role="listbox" aria-label={label ?? 'Choices'} className="combo__list" hidden={!isOpen}>
        {found.map((option, index) => (
          <div
            key={option.value}
            id={`${listId}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            aria-disabled={Boolean(option.whyNot)}
            className={classNames('combo__one', index === at && 'combo__one--on', option.whyNot && 'combo__one--off')}
            // The field keeps the focus: leaving it closes the list.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => choose(option)}
            onKeyDown={press}
          >
            <span>{option.label}</span>
            <span className="muted truncate">{option.whyNot ?? option.about}</span>
          </div>
        ))}
        {isOpen && found.length === 0 && (
          <p className="combo__none muted">{options === undefined ? 'Looking…' : 'Nothing is called that.'}</p>
        )}
      </div>
    </div>
  );
}
