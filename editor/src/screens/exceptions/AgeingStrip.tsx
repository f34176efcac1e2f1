import type { ExceptionTotals } from '@waybill/api-contract';
import { classNames } from '../../ui/class-names.ts';
import { bandLabels, shortValuesWords, slaLabels, valuesWords } from './exception-words.ts';

interface AgeingStripProps {
  totals: ExceptionTotals;
  age: string | undefined;
  sla: string | undefined;
  onChoose: (changes: Record<string, string | null>) => void;
}

/** How old the open problems are and what is at stake; each cell filters the list. */
export function AgeingStrip({ totals, age, sla, onChoose }: AgeingStripProps) {
  const overdue = totals.sla.find((one) => one.state === 'overdue');
  const most = Math.max(1, ...totals.ageing.map((one) => one.count));
  return (
    <ul className="ageing" aria-label="Age and value">
      {totals.ageing.map(({ band, count, values }, at) => (
        <li key={band}>
          <button
            type="button"
            className={classNames('ageing__cell', `ageing__cell--${at}`)}
            aria-pressed={age === band}
            onClick={() => onChoose({ age: age === band ? null : band })}
          >
            <span className="ageing__label">{bandLabels[band]}</span>
            <strong>{count.toLocaleString()}</strong>
            <span className="ageing__value" title={valuesWords(values)}>
              {shortValuesWords(values) || '–'}
            </span>
            <span className="ageing__bar" aria-hidden>
              <span style={{ width: `${(count / most) * 100}%` }} />
            </span>
          </button>
        </li>
      ))}
      {overdue && (
        <li>
          <button
            type="button"
            className={classNames('ageing__cell', overdue.count > 0 && 'ageing__cell--overdue')}
            aria-pressed={sla === 'overdue'}
            onClick={() => onChoose({ sla: sla === 'overdue' ? null : 'overdue' })}
          >
            <span className="ageing__label">{slaLabels.overdue}</span>
            <strong>{overdue.count.toLocaleString()}</strong>
            <span className="ageing__value" title={valuesWords(overdue.values)}>
              {shortValuesWords(overdue.values) || '–'}
            </span>
          </button>
        </li>
      )}
    </ul>
  );
}
