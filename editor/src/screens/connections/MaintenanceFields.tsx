import { CalendarClock, Plus, Trash2 } from 'lucide-react';
import { Button, IconButton } from '../../ui/Button.tsx';
import { TextField } from '../../ui/Field.tsx';
import { EmptyState } from '../../ui/States.tsx';
import type { WindowRow } from './limits-form.ts';
import { newWindow } from './limits-form.ts';

const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const zoneNames: readonly string[] = [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])];
export const zones: ReadonlySet<string> = new Set([...zoneNames, Intl.DateTimeFormat().resolvedOptions().timeZone]);
const mostWindows = 20;

interface MaintenanceFieldsProps {
  windows: readonly WindowRow[];
  faults: Readonly<Record<number, string>>;
  onChange: (windows: readonly WindowRow[]) => void;
}

/** When the system is not called: each week, or once. */
export function MaintenanceFields({ windows, faults, onChange }: MaintenanceFieldsProps) {
  const put = (changed: WindowRow) => onChange(windows.map((one) => (one.key === changed.key ? changed : one)));
  const add = (kind: WindowRow['kind']) => onChange([...windows, newWindow(kind, windows, Date.now())]);
  const buttons = (
    <>
      <Button small icon={Plus} onClick={() => add('weekly')}>
        Every week
      </Button>
      <Button small icon={Plus} onClick={() => add('once')}>
        Once
      </Button>
    </>
  );
  if (windows.length === 0)
    return (
      <EmptyState icon={CalendarClock} title="No maintenance window" actions={buttons}>
        In a window nothing is sent to the system. Steps wait and go on in order when it is over.
      </EmptyState>
    );
  return (
    <div className="stack">
      <datalist id="zone-names">
        {zoneNames.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
      {windows.map((window, index) => (
        <fieldset key={window.key} className="window" aria-label={`Window ${index + 1}`}>
          <div className="row spread">
            <span className="label-caps">{window.kind === 'weekly' ? 'Every week' : 'Once'}</span>
            <IconButton
              label={`Remove window ${index + 1}`}
              icon={Trash2}
              small
              onClick={() => onChange(windows.filter(({ key }) => key !== window.key))}
            />
          </div>
          {window.kind === 'weekly' ? (
            <Weekly window={window} onChange={put} />
          ) : (
            <Once window={window} onChange={put} />
          )}
          {faults[window.key] && (
            <p className="field__error" role="alert">
              {faults[window.key]}
            </p>
          )}
        </fieldset>
      ))}
      {windows.length < mostWindows && <div className="row">{buttons}</div>}
    </div>
  );
}

function Weekly({
  window,
  onChange,
}: {
  window: Extract<WindowRow, { kind: 'weekly' }>;
  onChange: (window: WindowRow) => void;
}) {
  const toggle = (day: number) =>
    onChange({
      ...window,
      days: window.days.includes(day) ? window.days.filter((one) => one !== day) : [...window.days, day],
    });
  return (
    <>
      <fieldset className="window__days" aria-label="Days on which it begins">
        {dayNames.map((name, index) => (
          <button
            key={name}
            type="button"
            aria-pressed={window.days.includes(index + 1)}
            onClick={() => toggle(index + 1)}
          >
            {name}
          </button>
        ))}
      </fieldset>
      <div className="window__times">
        <TextField label="From" type="time" value={window.from} onChange={(from) => onChange({ ...window, from })} />
        <TextField
          label={window.to <= window.from && window.to !== '' ? 'To (next day)' : 'To'}
          type="time"
          value={window.to}
          onChange={(to) => onChange({ ...window, to })}
        />
        <TextField
          label="Time zone"
          list="zone-names"
          spellCheck={false}
          value={window.zone}
          onChange={(zone) => onChange({ ...window, zone })}
        />
      </div>
    </>
  );
}

function Once({
  window,
  onChange,
}: {
  window: Extract<WindowRow, { kind: 'once' }>;
  onChange: (window: WindowRow) => void;
}) {
  return (
    <>
      <div className="window__moments">
        <TextField
          label="From"
          type="datetime-local"
          value={window.from}
          onChange={(from) => onChange({ ...window, from })}
        />
        <TextField label="To" type="datetime-local" value={window.to} onChange={(to) => onChange({ ...window, to })} />
      </div>
      <TextField label="Reason" value={window.reason} onChange={(reason) => onChange({ ...window, reason })} />
    </>
  );
}
