import type { JsonValue } from '@waybill/flow-model';
import { useMemo, useState } from 'react';
import { Button } from '../../ui/Button.tsx';
import { Segments } from '../../ui/Tabs.tsx';
import { CopyButton } from './CopyButton.tsx';
import { JsonTree } from './JsonTree.tsx';
import { cellText, tableOf } from './table-of.ts';
import './data.css';

const FIRST_ROWS = 50;
const MORE_ROWS = 200;

type Look = 'table' | 'tree' | 'json';
const looks: readonly { value: Look; label: string }[] = [
  { value: 'table', label: 'Table' },
  { value: 'tree', label: 'Tree' },
  { value: 'json', label: 'JSON' },
];

/** A value as a table, a tree or text. Large values are shown in parts, so that the page stays quick. */
export function ValueView({ value, empty }: { value: JsonValue; empty: string }) {
  const table = useMemo(() => tableOf(value), [value]);
  const [chosen, setChosen] = useState<Look | null>(null);
  const look = chosen ?? (table ? 'table' : 'tree');
  const text = useMemo(() => JSON.stringify(value, null, 2), [value]);
  if (value === null) return <p className="muted data__empty">{empty}</p>;
  return (
    <div className="data">
      <div className="row spread">
        <Segments
          label="Shown as"
          value={look}
          onChange={setChosen}
          options={table ? looks : looks.filter((option) => option.value !== 'table')}
        />
        <CopyButton text={text} label="Copy as JSON" />
      </div>
      {look === 'table' && table ? (
        <DataTable columns={table.columns} rows={table.rows} />
      ) : look === 'json' ? (
        <pre className="data__json">{text.length > 200_000 ? `${text.slice(0, 200_000)}\n…` : text}</pre>
      ) : (
        <div className="data__json">
          <JsonTree value={value} />
        </div>
      )}
    </div>
  );
}

function DataTable({ columns, rows }: { columns: readonly string[]; rows: readonly (readonly JsonValue[])[] }) {
  const [shown, setShown] = useState(FIRST_ROWS);
  return (
    <div className="data__scroll">
      <table className="data__table">
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column}>{column}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, shown).map((row, index) => (
            // Rows of plain data have no identity but their place.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            <tr key={index}>
              {columns.map((column, at) => {
                const cell = row[at] ?? null;
                return (
                  <td key={column} className={typeof cell === 'number' ? 'num' : undefined} title={cellText(cell)}>
                    {cellText(cell)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > shown && (
        <Button small look="ghost" onClick={() => setShown(shown + MORE_ROWS)}>
          Show more of {rows.length.toLocaleString()} rows
        </Button>
      )}
    </div>
  );
}
