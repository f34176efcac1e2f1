import type { listedFaults } from './table-rows.ts';

const MOST_LISTED = 5;

interface TableFaultsProps {
  faults: ReturnType<typeof listedFaults>;
  /** @param index of the row, from 0. */
  onGoTo: (id: string, index: number) => void;
}

/** Why the table was not saved: the first rows to correct, each a way there. */
export function TableFaults({ faults, onGoTo }: TableFaultsProps) {
  return (
    <div className="callout callout--failed" role="alert">
      <div>
        <strong>
          Not saved: {faults.length} {faults.length === 1 ? 'row needs' : 'rows need'} correcting.
        </strong>
        <ul className="table-faults">
          {faults.slice(0, MOST_LISTED).map(({ id, row, fault }) => (
            <li key={id}>
              <button type="button" onClick={() => onGoTo(id, row - 1)}>
                Row {row}
              </button>{' '}
              {fault}
            </li>
          ))}
          {faults.length > MOST_LISTED && <li>and {faults.length - MOST_LISTED} more.</li>}
        </ul>
      </div>
    </div>
  );
}
