import { Plus, Table2 } from 'lucide-react';
import { useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { useApiQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { Link, navigate, useSearch } from '../../app/router.tsx';
import { Badge } from '../../ui/Badge.tsx';
import { Button } from '../../ui/Button.tsx';
import { SearchBox, TextField } from '../../ui/Field.tsx';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { Page } from '../../ui/Page.tsx';
import { EmptyState, ListState } from '../../ui/States.tsx';
import { useSending } from '../../ui/sending.ts';
import { RelativeTime } from '../../ui/Time.tsx';

/** Lookup tables of the workspace. */
export default function TablesScreen() {
  const may = useMay();
  const tables = useApiQuery('listTables', {});
  const [search, setSearch] = useSearch();
  const text = search.get('q') ?? '';
  const matching = <T extends { name: string; title: string }>(items: readonly T[]): T[] =>
    items.filter(({ name, title }) => `${title} ${name}`.toLowerCase().includes(text.trim().toLowerCase()));
  const [adding, setAdding] = useState(false);
  const add = may('tables.edit') && (
    <Button look="primary" icon={Plus} onClick={() => setAdding(true)}>
      New table
    </Button>
  );
  return (
    <Page
      title="Tables"
      about="Lookup tables that flows read: legal entities, cost centres, rates. Rows can have a date from which they count."
      actions={add}
    >
      <div className="toolbar">
        <SearchBox label="Search tables" value={text} onChange={(q) => setSearch({ q })} />
      </div>
      <div className="sheet">
        <ListState
          query={tables}
          isEmpty={(data) => matching(data.items).length === 0}
          empty={
            text ? (
              <EmptyState
                icon={Table2}
                title="No table matches"
                actions={<Button onClick={() => setSearch({ q: null })}>Show all tables</Button>}
              >
                Try fewer letters.
              </EmptyState>
            ) : (
              <EmptyState icon={Table2} title="Make the first table" actions={add}>
                Keep what flows look up here instead of inside the flows: people who own the numbers can change them.
              </EmptyState>
            )
          }
        >
          {(data) => (
            <table className="table">
              <thead>
                <tr>
                  <th>Table</th>
                  <th>Looked up by</th>
                  <th className="num">Rows</th>
                  <th>Last change</th>
                </tr>
              </thead>
              <tbody>
                {matching(data.items).map((table) => (
                  <tr key={table.name}>
                    <td>
                      <Link href={`/tables/${table.name}`}>
                        <strong>{table.title}</strong>
                      </Link>
                      <div className="mono muted">{table.name}</div>
                    </td>
                    <td>
                      <span className="row">
                        {table.keyColumns.map((column) => (
                          <Badge key={column}>{column}</Badge>
                        ))}
                      </span>
                    </td>
                    <td className="num">{table.rowCount.toLocaleString()}</td>
                    <td className="nowrap">
                      <RelativeTime at={table.updatedAt} /> <span className="muted">by {table.updatedBy}</span>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </ListState>
      </div>
      {adding && (
        <NewTable taken={(tables.data?.items ?? []).map(({ name }) => name)} onClose={() => setAdding(false)} />
      )}
    </Page>
  );
}

const listOf = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  ),
];

const nameOf = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 64);

function NewTable({ taken, onClose }: { taken: readonly string[]; onClose: () => void }) {
  const [title, setTitle] = useState('');
  const [keys, setKeys] = useState('');
  const [values, setValues] = useState('');
  const sending = useSending();
  const name = nameOf(title);
  const keyColumns = listOf(keys);
  const titleFault = taken.includes(name)
    ? 'There is a table of this name already.'
    : sending.tried && name === ''
      ? 'Give it a title with letters.'
      : undefined;
  const keyFault = sending.tried && keyColumns.length === 0 ? 'Name at least one column.' : undefined;
  const create = async () => {
    const columns = [...new Set([...keyColumns, ...listOf(values)])];
    await api('putTable', {
      params: { name },
      body: { title: title.trim(), keyColumns, columns, rows: [], revision: 0 },
    });
    await queryClient.invalidateQueries({ queryKey: ['listTables'] });
    navigate(`/tables/${name}`);
  };
  return (
    <FormDialog
      onClose={onClose}
      title="New table"
      sending={sending}
      sound={name !== '' && !taken.includes(name) && keyColumns.length > 0}
      perform={create}
      act="Make table"
      leave="Cancel"
    >
      <TextField
        label="Title"
        value={title}
        autoFocus
        help={name ? `Flows call it “${name}”.` : 'For example “Role rates”.'}
        error={titleFault}
        onChange={setTitle}
      />
      <TextField
        label="Looked up by"
        value={keys}
        placeholder="role, region"
        help="What a flow knows when it asks. Columns, separated by commas."
        error={keyFault}
        onChange={setKeys}
      />
      <TextField
        label="Gives"
        value={values}
        placeholder="rate, currency"
        help="What it gets back. Columns, separated by commas."
        onChange={setValues}
      />
    </FormDialog>
  );
}
