import type { ExceptionTotals } from '@waybill/api-contract';
import { exceptionClassSchema } from '@waybill/api-contract';
import { classLabels, exceptionsWords, valuesWords } from './exception-words.ts';

interface SumsViewProps {
  totals: ExceptionTotals;
  onChoose: (changes: Record<string, string | null>) => void;
}

const classLabel = (name: string): string => {
  const known = exceptionClassSchema.safeParse(name);
  return known.success ? classLabels[known.data] : name;
};

/** Where the problems and the money are: by class, flow and owner. A row leads to its problems. */
export function SumsView({ totals, onChoose }: SumsViewProps) {
  return (
    <div className="sums">
      <p className="sums__all">
        <strong>{exceptionsWords(totals.count)}</strong>
        {totals.values.length > 0 && `, ${valuesWords(totals.values)} at stake`}
        {totals.truncated && '. There are more than can be summed up at once; narrow the filter.'}
      </p>
      <SumsTable
        title="By class"
        rows={totals.byClass.map((row) => ({ ...row, label: classLabel(row.name) }))}
        onOpen={(name) => onChoose({ class: name, view: 'causes' })}
      />
      <SumsTable title="By flow" rows={totals.byFlow} onOpen={(name) => onChoose({ flow: name, view: 'causes' })} />
      <SumsTable title="By owner" rows={totals.byOwner} onOpen={(name) => onChoose({ owner: name, view: 'causes' })} />
    </div>
  );
}

interface SumsTableProps {
  title: string;
  rows: ExceptionTotals['byFlow'];
  onOpen: (name: string) => void;
}

function SumsTable({ title, rows, onOpen }: SumsTableProps) {
  return (
    <section className="sheet">
      <table className="table sums__table">
        <thead>
          <tr>
            <th scope="col">{title}</th>
            <th scope="col" className="sums__number">
              Exceptions
            </th>
            <th scope="col" className="sums__number">
              Value at stake
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              <td>
                <button type="button" className="exceptions__open" onClick={() => onOpen(row.name)}>
                  {row.label}
                </button>
              </td>
              <td className="sums__number">{row.count.toLocaleString()}</td>
              <td className="sums__number">{valuesWords(row.values) || '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
