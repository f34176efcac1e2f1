import { CalendarPlus, Trash2 } from 'lucide-react';
import type { CSSProperties } from 'react';
import { Badge } from '../../ui/Badge.tsx';
import { IconButton } from '../../ui/Button.tsx';
import { classNames } from '../../ui/class-names.ts';
import type { DraftRow } from './table-rows.ts';
import { inForce } from './table-rows.ts';

interface TableRowProps {
  row: DraftRow;
  /** As people count, from 1. */
  number: number;
  columns: readonly string[];
  fault: string | undefined;
  /** `YYYY-MM-DD`. */
  today: string;
  mayEdit: boolean;
  style: CSSProperties;
  onChange: (row: DraftRow) => void;
  onFollow: () => void;
  onRemove: () => void;
}

const ends = [
  { name: 'validFrom', label: 'Counts from' },
  { name: 'validTo', label: 'Until before' },
] as const;

/** One row of the grid: a cell per column, the two dates, whether it counts today. */
export function TableRow({ row, number, columns, fault, today, mayEdit, style, ...on }: TableRowProps) {
  return (
    <li
      data-row={row.id}
      className={classNames('grid-table__row', fault && 'grid-table__row--bad')}
      style={style}
      title={fault}
    >
      {columns.map((column) => (
        <input
          key={column}
          aria-label={`${column}, row ${number}`}
          aria-invalid={fault !== undefined}
          title={row.cells[column]}
          value={row.cells[column] ?? ''}
          readOnly={!mayEdit}
          onChange={({ target }) => on.onChange({ ...row, cells: { ...row.cells, [column]: target.value } })}
        />
      ))}
      {ends.map(({ name, label }) => (
        <input
          key={name}
          type="date"
          aria-label={`${label}, row ${number}`}
          aria-invalid={fault !== undefined}
          className={row[name] ? undefined : 'grid-table__open'}
          value={row[name]}
          readOnly={!mayEdit}
          onChange={({ target }) => on.onChange({ ...row, [name]: target.value })}
        />
      ))}
      <span className="grid-table__state">
        {fault ? (
          <Badge tone="failed">Correct</Badge>
        ) : inForce(row, today) ? (
          <Badge tone="done">In force</Badge>
        ) : (
          <Badge>{row.validFrom > today ? 'Later' : 'Past'}</Badge>
        )}
      </span>
      {mayEdit && (
        <span className="row grid-table__acts">
          <IconButton
            label={`Begin a new period after row ${number}`}
            icon={CalendarPlus}
            small
            onClick={on.onFollow}
          />
          <IconButton label={`Remove row ${number}`} icon={Trash2} small onClick={on.onRemove} />
        </span>
      )}
    </li>
  );
}
