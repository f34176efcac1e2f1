import type { JsonValue } from '@waybill/flow-model';
import { useState } from 'react';
import { briefly } from '../expression/completions.ts';

const PAGE = 100;
const MOST_COLUMNS = 30;

export function DataTable({ rows }: { rows: Record<string, JsonValue>[] }) {
  const [limit, setLimit] = useState(PAGE);
  const columns = [...new Set(rows.slice(0, 50).flatMap((row) => Object.keys(row)))].slice(0, MOST_COLUMNS);
  return (
    <div className="data__scroll">
      <table className="table table--dense">
        <thead>
          <tr>
            <th className="num">#</th>
            {columns.map((column) => (
              <th key={column}>{column}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, limit).map((row, index) => (
            // Rows of data have no identity but their place.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            <tr key={index}>
              <td className="num muted">{index + 1}</td>
              {columns.map((column) => (
                <td key={column} className={typeof row[column] === 'number' ? 'num' : ''}>
                  {typeof row[column] === 'string' ? row[column] : briefly(row[column])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > limit && (
        <button type="button" className="btn btn--small" onClick={() => setLimit(limit + PAGE)}>
          Show {Math.min(PAGE, rows.length - limit)} more of {rows.length}
        </button>
      )}
    </div>
  );
}
