import type { JsonValue } from '@waybill/flow-model';
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';

const FIRST_ITEMS = 100;

/** A value that opens branch by branch; long lists show their first items. */
export function JsonTree({ value, name, depth = 0 }: { value: JsonValue; name?: string; depth?: number }) {
  const [open, setOpen] = useState(depth < 2);
  const [shown, setShown] = useState(FIRST_ITEMS);
  const label = name === undefined ? null : <span className="tree__name">{name}: </span>;
  if (typeof value !== 'object' || value === null)
    return (
      <div className="tree__leaf">
        {label}
        <span className={`tree__${value === null ? 'null' : typeof value}`}>{JSON.stringify(value)}</span>
      </div>
    );
  const entries: [string, JsonValue][] = Array.isArray(value)
    ? value.map((item, index) => [String(index), item])
    : Object.entries(value);
  const words = Array.isArray(value) ? `[${entries.length}]` : `{${entries.length}}`;
  if (entries.length === 0)
    return (
      <div className="tree__leaf">
        {label}
        <span className="muted">{Array.isArray(value) ? '[]' : '{}'}</span>
      </div>
    );
  return (
    <div>
      <button type="button" className="tree__branch" aria-expanded={open} onClick={() => setOpen(!open)}>
        <ChevronRight size={13} aria-hidden />
        {label}
        <span className="muted">{words}</span>
      </button>
      {open && (
        <div className="tree__inside">
          {entries.slice(0, shown).map(([key, item]) => (
            <JsonTree key={key} name={key} value={item} depth={depth + 1} />
          ))}
          {entries.length > shown && (
            <button type="button" className="tree__more" onClick={() => setShown(shown + FIRST_ITEMS * 5)}>
              {entries.length - shown} more
            </button>
          )}
        </div>
      )}
    </div>
  );
}
