import type { StepView } from '@waybill/api-contract';
import { durationWords } from '../../ui/time-words.ts';
import { recordErrorWords } from './record-error-words.ts';
import { recordPace } from './record-pace.ts';

/** How far a step has come with its records. */
export function RecordProgress({ step, doubtful }: { step: StepView; doubtful: boolean }) {
  const { records } = step;
  if (!records) return null;
  const isUnderWay = step.status === 'running' && !doubtful;
  const { share, perSecond, leftMs } = recordPace(records);
  const percent = share === null ? null : Math.floor(share * 100);
  return (
    <div className="record-progress">
      {isUnderWay && share !== null && (
        <progress aria-label="Records read" max={1} value={share}>
          {percent} %
        </progress>
      )}
      <p className="record-progress__facts">
        <span>
          <strong>{records.rowsIn.toLocaleString()}</strong> records read
        </span>
        {percent !== null && isUnderWay && <span>{percent} % of the file</span>}
        {isUnderWay && perSecond !== null && <span>{Math.round(perSecond).toLocaleString()} a second</span>}
        {isUnderWay && leftMs !== null && <span>about {durationWords(leftMs)} left</span>}
        <span className={records.errors + records.refused > 0 ? 'record-progress__errors' : undefined}>
          {recordErrorWords(records)}
        </span>
      </p>
    </div>
  );
}
