import type { StepData } from '@waybill/api-contract';
import { RelativeTime } from '../../ui/Time.tsx';
import { ChangeList } from '../data/ChangeList.tsx';
import { valueChanges } from '../data/value-changes.ts';
import '../data/data.css';

/** What persons changed in the input of a step before it was tried again. */
export function StepEdits({ edits }: Pick<StepData, 'edits'>) {
  return edits.map(({ at, by, reason, before, after }) => (
    <section key={at} className="callout step-edit" aria-label={`Changed by ${by}`}>
      <div>
        <p>
          <strong>{by}</strong> changed the input <RelativeTime at={at} />
          {reason && <span className="muted">: {reason}</span>}
        </p>
        <ChangeList label="What was changed" changes={valueChanges(before, after)} />
      </div>
    </section>
  ));
}
