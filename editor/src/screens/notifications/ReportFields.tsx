import type { NotificationPreferences } from '@waybill/api-contract';
import { weekdays } from '@waybill/api-contract';
import { SelectField, TextField } from '../../ui/Field.tsx';

type Report = NotificationPreferences['report'];

const rhythms = [
  { value: 'never', label: 'Never' },
  { value: 'day', label: 'Every day' },
  { value: 'week', label: 'Every week' },
];
const days = weekdays.map((day) => ({ value: day, label: `${day.charAt(0).toUpperCase()}${day.slice(1)}` }));
const usual = { at: '08:00', on: 'monday' } as const;

function withRhythm(every: string, report: Report): Report {
  const at = report.every === 'never' ? usual.at : report.at;
  if (every === 'day') return { every, at };
  return every === 'week' ? { every, on: usual.on, at } : { every: 'never' };
}

/** A mail with what is open, by age and value at stake. */
export function ReportFields({ report, onChange }: { report: Report; onChange: (next: Report) => void }) {
  return (
    <>
      <SelectField
        label="Report of open work by age"
        help="What waits for you and your groups, how old it is, what is at stake. By mail."
        value={report.every}
        options={rhythms}
        onChange={(every) => onChange(withRhythm(every, report))}
      />
      {report.every !== 'never' && (
        <div className="row">
          {report.every === 'week' && (
            <SelectField
              label="Report on"
              value={report.on}
              options={days}
              onChange={(on) => onChange({ ...report, on: on as (typeof weekdays)[number] })}
            />
          )}
          <TextField
            label="Report at"
            type="time"
            required
            value={report.at}
            onChange={(at) => onChange({ ...report, at })}
          />
        </div>
      )}
    </>
  );
}
