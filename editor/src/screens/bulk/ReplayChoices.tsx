import type { BulkReplayOptions } from '@waybill/api-contract';
import { Select } from '../../ui/Field.tsx';

interface ReplayChoicesProps {
  value: BulkReplayOptions;
  onChange: (value: BulkReplayOptions) => void;
}

/** On which version runs are repeated, and what becomes of what they wrote. */
export function ReplayChoices({ value, onChange }: ReplayChoicesProps) {
  return (
    <div className="row">
      <Select
        aria-label="Version"
        value={value.version}
        options={[
          { value: 'same', label: 'Same version of the flow' },
          { value: 'newest', label: 'Newest version of the flow' },
        ]}
        onChange={(version) => onChange({ ...value, version: version === 'newest' ? 'newest' : 'same' })}
      />
      <Select
        aria-label="What was written before"
        value={value.effects}
        options={[
          { value: 'skip-confirmed', label: 'Leave alone what is written' },
          { value: 'write-again', label: 'Write everything again' },
        ]}
        onChange={(effects) =>
          onChange({ ...value, effects: effects === 'write-again' ? 'write-again' : 'skip-confirmed' })
        }
      />
    </div>
  );
}
