import type { JsonValue } from '@waybill/flow-model';
import { Braces } from 'lucide-react';
import { useState } from 'react';
import { EmptyState } from '../../../ui/States.tsx';
import { Segments } from '../../../ui/Tabs.tsx';
import { DataTable } from './DataTable.tsx';
import { DataTree } from './DataTree.tsx';
import { schemaWords } from './schema-words.ts';

type View = 'fields' | 'table' | 'json' | 'schema';
const SHOWN_CHARS = 60_000;

interface DataViewerProps {
  value: JsonValue | undefined;
  /** Expression of the whole value, e.g. `input`; its fields can be dragged into params. */
  root: string;
  empty: string;
  truncated?: boolean;
}

/** A value as fields, table, JSON or schema. Large values show a part and say so. */
export function DataViewer({ value, root, empty, truncated }: DataViewerProps) {
  const rows = tableRows(value);
  const [chosen, setView] = useState<View>('fields');
  const view = chosen === 'table' && !rows ? 'fields' : chosen;
  if (value === undefined)
    return (
      <EmptyState icon={Braces} title="No data yet">
        {empty}
      </EmptyState>
    );
  return (
    <div className="data">
      <div className="data__bar">
        <Segments<View>
          label="View of the data"
          value={view}
          onChange={setView}
          options={[
            { value: 'fields', label: 'Fields' },
            ...(rows ? [{ value: 'table' as const, label: 'Table' }] : []),
            { value: 'json', label: 'JSON' },
            { value: 'schema', label: 'Schema' },
          ]}
        />
        {truncated && <small className="muted">shortened</small>}
      </div>
      <div className="data__body">
        {view === 'fields' && <DataTree value={value} root={root} />}
        {view === 'table' && rows && <DataTable rows={rows} />}
        {view === 'json' && <JsonText value={value} />}
        {view === 'schema' && <pre className="data__json">{schemaWords(value)}</pre>}
      </div>
    </div>
  );
}

function JsonText({ value }: { value: JsonValue }) {
  const [limit, setLimit] = useState(SHOWN_CHARS);
  const text = JSON.stringify(value, null, 2);
  return (
    <>
      <pre className="data__json">{text.slice(0, limit)}</pre>
      {text.length > limit && (
        <button type="button" className="btn btn--small" onClick={() => setLimit(limit + SHOWN_CHARS)}>
          Show more ({Math.round((text.length - limit) / 1_000)} kB left)
        </button>
      )}
    </>
  );
}

/** The list to show as a table: the value itself, or the only list in it. */
function tableRows(value: JsonValue | undefined): Record<string, JsonValue>[] | null {
  const list = Array.isArray(value)
    ? value
    : typeof value === 'object' && value !== null
      ? Object.values(value).find((member) => Array.isArray(member))
      : undefined;
  if (!Array.isArray(list) || list.length === 0) return null;
  const objects = list.filter(
    (item): item is Record<string, JsonValue> => typeof item === 'object' && item !== null && !Array.isArray(item),
  );
  return objects.length === list.length ? objects : null;
}
