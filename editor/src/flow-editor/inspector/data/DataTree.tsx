import type { JsonValue } from '@waybill/flow-model';
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { briefly, pathExpression } from '../expression/completions.ts';
import { FIELD_DRAG_TYPE } from './field-drag.ts';

const PAGE = 60;

interface BranchProps {
  name: string | number | null;
  value: JsonValue;
  root: string;
  path: readonly (string | number)[];
}

/** Fields of a value; each can be dragged into a param, which writes the expression. */
export function DataTree({ value, root }: { value: JsonValue; root: string }) {
  return (
    <div className="tree">
      <Branch name={null} value={value} root={root} path={[]} />
    </div>
  );
}

function Branch({ name, value, root, path }: BranchProps) {
  const isParent = typeof value === 'object' && value !== null;
  const [open, setOpen] = useState(path.length < 2);
  const [limit, setLimit] = useState(PAGE);
  const expression = pathExpression(root, path);
  const members: [string | number, JsonValue][] = !isParent
    ? []
    : Array.isArray(value)
      ? value.slice(0, limit).map((item, index) => [index, item])
      : Object.entries(value).slice(0, limit);
  const total = isParent ? (Array.isArray(value) ? value.length : Object.keys(value).length) : 0;
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dragging is an extra; the same path can be typed */}
      <div
        className="tree__row"
        style={{ paddingLeft: path.length * 14 }}
        draggable
        title={`Drag into a field: ${expression}`}
        onDragStart={(event) => {
          event.dataTransfer.setData(FIELD_DRAG_TYPE, expression);
          event.dataTransfer.setData('text/plain', expression);
          event.dataTransfer.effectAllowed = 'copy';
        }}
      >
        {isParent && total > 0 ? (
          <button
            type="button"
            className="tree__toggle"
            aria-expanded={open}
            aria-label={open ? 'Close' : 'Open'}
            onClick={() => setOpen(!open)}
          >
            <ChevronRight size={13} style={{ rotate: open ? '90deg' : '0deg' }} aria-hidden />
          </button>
        ) : (
          <span className="tree__toggle" />
        )}
        <span className="tree__name">{name ?? root}</span>
        <span className={`tree__value tree__value--${value === null ? 'null' : typeof value}`}>{briefly(value)}</span>
      </div>
      {open &&
        members.map(([key, member]) => (
          <Branch key={key} name={key} value={member} root={root} path={[...path, key]} />
        ))}
      {open && total > limit && (
        <button type="button" className="btn btn--small btn--ghost" onClick={() => setLimit(limit + PAGE)}>
          {total - limit} more…
        </button>
      )}
    </>
  );
}
