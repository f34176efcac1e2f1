import type { JsonValue } from '@waybill/flow-model';
import type { DragEvent, KeyboardEvent } from 'react';
import { useMemo, useRef, useState } from 'react';
import { classNames } from '../../../ui/class-names.ts';
import { FIELD_DRAG_TYPE } from '../data/field-drag.ts';
import { useFieldContext } from '../field-context.ts';
import type { Completion } from './completions.ts';
import { briefly, completionsAt } from './completions.ts';
import { tokenize } from './tokens.ts';
import { usePreview } from './use-preview.ts';

interface ExpressionInputProps {
  id: string;
  value: string;
  onChange: (text: string) => void;
  describedBy?: string | undefined;
  invalid?: boolean;
  placeholder?: string | undefined;
  label?: string;
  /** One line until it needs more. */
  rows?: number;
}

/** A JSONata field: coloured, completing from real data, with the result on sample data below. */
export function ExpressionInput(props: ExpressionInputProps) {
  const { id, value, onChange, describedBy, invalid, placeholder, label, rows = 1 } = props;
  const { sample } = useFieldContext();
  const area = useRef<HTMLTextAreaElement>(null);
  const [caret, setCaret] = useState<number | null>(null);
  const [at, setAt] = useState(0);
  const preview = usePreview(value, sample.scope);
  const tokens = useMemo(() => tokenize(value), [value]);
  const offer = caret === null ? null : completionsAt(value, caret, sample.scope);
  const items = offer?.items ?? [];
  const listId = `${id}-offers`;

  const put = (text: string, cursor: number) => {
    onChange(text);
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(cursor, cursor);
      setCaret(cursor);
    });
  };
  const take = (item: Completion | undefined) => {
    if (!item || !offer || caret === null) return;
    put(value.slice(0, offer.from) + item.insert + value.slice(caret), offer.from + item.insert.length);
    setAt(0);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (items.length === 0) return;
    if (event.key === 'ArrowDown') setAt((at + 1) % items.length);
    else if (event.key === 'ArrowUp') setAt((at - 1 + items.length) % items.length);
    else if ((event.key === 'Enter' && !event.shiftKey && !event.ctrlKey && !event.metaKey) || event.key === 'Tab')
      take(items[at]);
    else if (event.key === 'Escape') setCaret(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onDrop = (event: DragEvent<HTMLTextAreaElement>) => {
    const path = event.dataTransfer.getData(FIELD_DRAG_TYPE);
    if (!path) return;
    event.preventDefault();
    event.stopPropagation();
    const where = value.trim() === '' ? 0 : (event.currentTarget.selectionStart ?? value.length);
    put(value.slice(0, where) + path + value.slice(where), where + path.length);
  };
  const lines = Math.max(rows, value.split('\n').length, Math.ceil(value.length / 44));
  return (
    <div className="expr">
      <div className={classNames('expr__box', invalid && 'expr__box--invalid')}>
        <span className="expr__sign" aria-hidden>
          =
        </span>
        <div className="expr__text" style={{ '--lines': Math.min(12, lines) } as React.CSSProperties}>
          <pre aria-hidden>
            {tokens.map((token, index) => (
              // Tokens have no identity but their place.
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              <span key={index} className={`tok tok--${token.kind}`}>
                {token.text}
              </span>
            ))}
            {'\n'}
          </pre>
          <textarea
            ref={area}
            id={id}
            aria-label={label}
            aria-describedby={describedBy}
            aria-invalid={invalid}
            role="combobox"
            aria-expanded={items.length > 0}
            aria-controls={listId}
            aria-autocomplete="list"
            spellCheck={false}
            autoComplete="off"
            placeholder={placeholder}
            value={value}
            onChange={(event) => {
              onChange(event.target.value);
              setCaret(event.target.selectionStart);
              setAt(0);
            }}
            onKeyDown={onKeyDown}
            onFocus={(event) => value === '' && setCaret(event.target.selectionStart)}
            onClick={(event) => setCaret(event.currentTarget.selectionStart)}
            onBlur={() => setTimeout(() => setCaret(null), 120)}
            onDrop={onDrop}
          />
        </div>
      </div>
      {items.length > 0 && (
        <div className="expr__offers" id={listId} role="listbox" aria-label="Suggestions">
          {items.map((item, index) => (
            <div
              key={item.label}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              ref={(element) => {
                if (index === at) element?.scrollIntoView({ block: 'nearest' });
              }}
              onMouseDown={(event) => {
                event.preventDefault();
                take(item);
              }}
            >
              <code>{item.label}</code>
              <small>{item.detail}</small>
            </div>
          ))}
        </div>
      )}
      <output className={classNames('expr__preview', preview.kind === 'problem' && 'expr__preview--bad')} htmlFor={id}>
        {preview.kind === 'value' && (
          <>
            <small>{sample.from === 'run' ? 'last run' : 'example'}</small> {shown(preview.value)}
          </>
        )}
        {preview.kind === 'problem' && preview.what}
      </output>
    </div>
  );
}

const shown = (value: JsonValue): string => {
  if (value === null) return 'no value';
  const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : briefly(value);
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
};
