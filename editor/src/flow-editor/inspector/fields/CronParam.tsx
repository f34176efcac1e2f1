import { useMemo } from 'react';
import { Select } from '../../../ui/Field.tsx';
import { useEditor } from '../../state/editor-store.ts';
import { useFieldContext } from '../field-context.ts';
import { nextTimes } from './cron-words.ts';
import type { ParamFieldProps } from './field-props.ts';

const common = [
  { value: '', label: 'Common timetables…' },
  { value: '*/15 * * * *', label: 'Every 15 minutes' },
  { value: '0 * * * *', label: 'Every hour' },
  { value: '0 7 * * 1-5', label: 'Weekdays at 07:00' },
  { value: '0 6 * * 1', label: 'Mondays at 06:00' },
  { value: '0 5 1 * *', label: 'First of the month at 05:00' },
  { value: '0 18 L * *', label: 'Last of the month at 18:00' },
];

export function CronParam({ id, spec, value, onChange, describedBy, invalid }: ParamFieldProps<'cron'>) {
  const { nodeId } = useFieldContext();
  const zone = useEditor((state) => {
    const params = state.flow.nodes[nodeId]?.params ?? {};
    const given = Object.values(params).find(
      (param) => typeof param === 'string' && /^([A-Z]\w+\/\w+|UTC)/.test(param),
    );
    return typeof given === 'string' ? given : 'UTC';
  });
  const text = typeof value === 'string' ? value : '';
  const next = useMemo(() => (text.trim() === '' ? null : nextTimes(text, zone, new Date())), [text, zone]);
  return (
    <div className="stack" style={{ gap: 6 }}>
      <input
        id={id}
        className="input input--mono"
        placeholder={spec.placeholder ?? '0 7 * * 1-5'}
        aria-describedby={describedBy}
        aria-invalid={invalid || (next !== null && 'problem' in next)}
        value={text}
        onChange={(event) => onChange(event.target.value || undefined)}
      />
      <Select aria-label="Common timetables" options={common} value="" onChange={(cron) => cron && onChange(cron)} />
      {next && 'times' in next && (
        <p className="field__help">
          Next: {next.times.join(' · ')} ({zone})
        </p>
      )}
      {next && 'problem' in next && <p className="field__error">{next.problem}</p>}
    </div>
  );
}
