import { useVirtualizer } from '@tanstack/react-virtual';
import type { LookupTable } from '@waybill/api-contract';
import { Plus, Save } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { isApiError, wordsOf } from '../../api/problem-words.ts';
import { useApiQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import type { Command } from '../../app/commands.ts';
import { useCommands } from '../../app/commands.ts';
import { useCrumb } from '../../app/crumb.ts';
import { guardLeaving } from '../../app/router.tsx';
import type { ScreenProps } from '../../app/screens.ts';
import { Badge } from '../../ui/Badge.tsx';
import { Button } from '../../ui/Button.tsx';
import { SearchBox } from '../../ui/Field.tsx';
import { Page } from '../../ui/Page.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/States.tsx';
import { toast } from '../../ui/toasts.ts';
import { TableConflict } from './TableConflict.tsx';
import { TableFaults } from './TableFaults.tsx';
import { TableRow } from './TableRow.tsx';
import type { DraftRow } from './table-rows.ts';
import { columnWidthPx, draftRows, emptyRow, followRow, listedFaults, rowFaults, rowsToSend } from './table-rows.ts';
import './tables.css';
import { TableWaiting } from '../exceptions/WaitingProblems.tsx';
import { MissingRow } from './MissingRow.tsx';
import { walkColumn } from './walk-column.ts';

export default function TableScreen({ params }: ScreenProps) {
  const name = params['name'] ?? '';
  // Read once per visit: news while somebody edits is told when they save, never slipped in under their hands.
  const query = useApiQuery('getTable', { params: { name } }, { staleTime: Number.POSITIVE_INFINITY, gcTime: 0 });
  if (query.error && !query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data || query.data.name !== name) return <SkeletonRows rows={8} />;
  return <TableEditor key={name} loaded={query.data} />;
}

let lastAdded = 0;
const ROW_PX = 38;
const DATE_PX = 132;
const STATE_PX = 88;
const ACTS_PX = 64;

function TableEditor({ loaded }: { loaded: LookupTable }) {
  useCrumb(loaded.title);
  const [table, setTable] = useState(loaded);
  const mayEdit = useMay()('tables.edit');
  const [rows, setRows] = useState<readonly DraftRow[]>(() => draftRows(table.rows, table.columns));
  const [changed, setChanged] = useState(false);
  const [tried, setTried] = useState(false);
  const [savedTimes, setSavedTimes] = useState(0);
  const [busy, setBusy] = useState(false);
  const [text, setText] = useState('');
  const [conflict, setConflict] = useState<LookupTable | null>(null);
  const [problem, setProblem] = useState<{ what: string; fix: string } | null>(null);
  const faults = useMemo(() => rowFaults(rows, table.keyColumns), [rows, table.keyColumns]);
  const today = new Date().toISOString().slice(0, 10);
  const shown = useMemo(() => {
    const wanted = text.trim().toLowerCase();
    return wanted === ''
      ? rows
      : rows.filter((row) => Object.values(row.cells).some((cell) => cell.toLowerCase().includes(wanted)));
  }, [rows, text]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => shown[index]?.id ?? index,
    overscan: 10,
  });

  const latest = useRef(rows);
  latest.current = rows;
  const listed = useMemo(() => listedFaults(rows, faults), [rows, faults]);
  const widths = useMemo(() => {
    const read = draftRows(table.rows, table.columns);
    return table.columns.map((column) => columnWidthPx(column, read));
  }, [table]);

  useEffect(() => {
    if (!changed) return;
    const askBeforeClosing = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', askBeforeClosing);
    return () => window.removeEventListener('beforeunload', askBeforeClosing);
  }, [changed]);
  useEffect(
    () => (changed ? guardLeaving(() => window.confirm('Leave without saving the changes to this table?')) : undefined),
    [changed],
  );
  const edit = (next: readonly DraftRow[]) => {
    setRows(next);
    setChanged(true);
  };
  const add = (key: Record<string, string> = {}) => {
    lastAdded += 1;
    setText('');
    const row = emptyRow(`new-${lastAdded}`, table.columns);
    edit([...rows, { ...row, cells: { ...row.cells, ...key } }]);
    goTo(row.id, rows.length);
  };
  const follow = (row: DraftRow) => {
    lastAdded += 1;
    const pair = followRow(row, `new-${lastAdded}`, today);
    edit(rows.flatMap((other) => (other.id === row.id ? pair : [other])));
  };
  const remove = (row: DraftRow) => {
    const at = rows.indexOf(row);
    edit(rows.filter((other) => other.id !== row.id));
    toast('The row is removed; save to keep it so.', {
      action: {
        label: 'Undo',
        perform: () => edit([...latest.current.slice(0, at), row, ...latest.current.slice(at)]),
      },
    });
  };
  const save = async (revision = table.revision) => {
    setTried(true);
    if (faults.size > 0 || busy) return;
    setBusy(true);
    setProblem(null);
    try {
      const { name, title, keyColumns, columns } = table;
      const saved = await api('putTable', {
        params: { name },
        body: { title, keyColumns, columns, rows: rowsToSend(rows, columns, table.rows), revision },
      });
      setTable(saved);
      // What was typed while the answer was on its way is not saved yet.
      setChanged(latest.current !== rows);
      setTried(false);
      setSavedTimes((times) => times + 1);
      toast('The table is saved. Flows use it from now on.');
      void queryClient.invalidateQueries({ queryKey: ['listTables'] });
    } catch (error) {
      if (isApiError(error, 'TABLE_CHANGED')) await showConflict();
      else setProblem(wordsOf(error));
    } finally {
      setBusy(false);
    }
  };
  const showConflict = async () => {
    try {
      setConflict(await api('getTable', { params: { name: table.name } }));
    } catch (error) {
      setProblem(wordsOf(error));
    }
  };
  const takeTheirs = (theirs: LookupTable) => {
    setTable(theirs);
    setRows(draftRows(theirs.rows, theirs.columns));
    setChanged(false);
    setTried(false);
    setConflict(null);
  };
  const goTo = (id: string, index: number) => {
    setText('');
    requestAnimationFrame(() => {
      virtual.scrollToIndex(index, { align: 'center' });
      requestAnimationFrame(() =>
        scroller.current?.querySelector<HTMLInputElement>(`[data-row="${id}"] input`)?.focus(),
      );
    });
  };
  const saveNow = useRef(save);
  saveNow.current = save;
  const commands = useMemo<Command[]>(
    () => [
      {
        id: 'table.save',
        label: 'Save the table',
        group: 'Table',
        icon: Save,
        shortcuts: ['Mod+S'],
        whileTyping: true,
        enabled: () => mayEdit && changed,
        perform: () => void saveNow.current(),
      },
    ],
    [mayEdit, changed],
  );
  useCommands('table', commands);
  const fixed = [DATE_PX, DATE_PX, STATE_PX, ...(mayEdit ? [ACTS_PX] : [])];
  const columns = [...widths.map((px) => `minmax(${px}px, ${px}fr)`), ...fixed.map((px) => `${px}px`)].join(' ');
  const leastWidthPx = [...widths, ...fixed].reduce((sum, px) => sum + px, 0);

  return (
    <Page
      title={table.title}
      about={
        <>
          <span className="mono">{table.name}</span> · looked up by {table.keyColumns.join(', ')}
        </>
      }
      actions={
        mayEdit && (
          <>
            <Button icon={Plus} onClick={() => add()}>
              Add row
            </Button>
            <Button look="primary" icon={Save} disabled={!changed || busy} onClick={() => void save()}>
              Save
            </Button>
          </>
        )
      }
    >
      {conflict && (
        <TableConflict
          by={conflict.updatedBy}
          onTakeTheirs={() => takeTheirs(conflict)}
          onSaveMine={() => {
            const { revision } = conflict;
            setConflict(null);
            void save(revision);
          }}
        />
      )}
      {problem && (
        <p className="callout callout--failed" role="alert">
          {problem.what} {problem.fix}
        </p>
      )}
      {mayEdit && (
        <MissingRow
          columns={table.columns}
          isThere={(key) =>
            rows.some((row) => Object.entries(key).every(([name, value]) => row.cells[name]?.trim() === value))
          }
          onAdd={add}
        />
      )}
      {!changed && <TableWaiting name={table.name} savedTimes={savedTimes} />}
      <div className="toolbar">
        <SearchBox label="Search rows" value={text} onChange={setText} />
        <span className="muted">
          {shown.length.toLocaleString()} {shown.length === 1 ? 'row' : 'rows'}
        </span>
        {changed && <Badge tone="waiting">Not saved</Badge>}
      </div>
      {tried && listed.length > 0 && <TableFaults faults={listed} onGoTo={goTo} />}
      <div className="sheet grid-table" ref={scroller}>
        <div className="grid-table__head" style={{ gridTemplateColumns: columns, minWidth: leastWidthPx }}>
          {table.columns.map((column) => (
            <span key={column}>
              {column}
              {table.keyColumns.includes(column) && <small> key</small>}
            </span>
          ))}
          <span>Counts from</span>
          <span>Until before</span>
          <span>Today</span>
          {mayEdit && <span className="sr-only">Actions</span>}
        </div>
        {rows.length === 0 ? (
          <EmptyState title="No rows yet">
            Add a row for each {table.keyColumns.join(' and ')} that flows may ask for.
          </EmptyState>
        ) : shown.length === 0 ? (
          <EmptyState title="No row matches" actions={<Button onClick={() => setText('')}>Show all rows</Button>}>
            Try fewer letters.
          </EmptyState>
        ) : (
          <ul
            style={{ height: virtual.getTotalSize(), minWidth: leastWidthPx, position: 'relative' }}
            aria-label="Rows"
            onKeyDown={walkColumn}
          >
            {virtual.getVirtualItems().map((item) => {
              const row = shown[item.index];
              if (!row) return null;
              const fault = tried || row.id.startsWith('row-') ? faults.get(row.id) : undefined;
              return (
                <TableRow
                  key={row.id}
                  row={row}
                  number={item.index + 1}
                  columns={table.columns}
                  fault={fault}
                  today={today}
                  mayEdit={mayEdit}
                  style={{ gridTemplateColumns: columns, top: item.start }}
                  onChange={(next) => edit(rows.map((other) => (other.id === row.id ? next : other)))}
                  onFollow={() => follow(row)}
                  onRemove={() => remove(row)}
                />
              );
            })}
          </ul>
        )}
      </div>
    </Page>
  );
}
