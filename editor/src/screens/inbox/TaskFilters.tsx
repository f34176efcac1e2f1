import { SlidersHorizontal } from 'lucide-react';
import { useState } from 'react';
import { useApiQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { IconButton } from '../../ui/Button.tsx';
import { SearchBox, Select, Switch } from '../../ui/Field.tsx';
import type { InboxFilter } from './inbox-filter.ts';
import { kindOptions, orderOptions, statusOptions } from './inbox-filter.ts';

interface TaskFiltersProps {
  filter: InboxFilter;
  onChange: (changes: Record<string, string | null>) => void;
}

/** Search, order and, when asked for, everything else that narrows the list. All of it stands in the address. */
export function TaskFilters({ filter, onChange }: TaskFiltersProps) {
  const may = useMay();
  const isSet = filter.kind !== null || filter.flowId !== null || filter.overdue || filter.status !== 'open';
  const [open, setOpen] = useState(isSet);
  const flows = useApiQuery('listFlows', { query: { limit: 200 } }, { enabled: open && may('flows.read') });
  const flowOptions = [
    { value: '', label: 'Every flow' },
    ...(flows.data?.items ?? []).map((flow) => ({ value: flow.id, label: flow.name })),
  ];
  return (
    <div className="inbox__tools">
      <div className="row inbox__filter">
        <SearchBox label="Search tasks" value={filter.text} onChange={(q) => onChange({ q })} />
        <span className="inbox__order">
          <Select
            aria-label="Order"
            options={orderOptions}
            value={filter.order}
            onChange={(order) => onChange({ order: order === 'newest' ? null : order })}
          />
        </span>
        <IconButton
          label={open ? 'Fewer filters' : 'More filters'}
          icon={SlidersHorizontal}
          aria-expanded={open}
          className={isSet ? 'btn--on' : undefined}
          onClick={() => setOpen(!open)}
        />
      </div>
      {open && (
        <div className="inbox__more">
          <Select
            aria-label="Kind"
            options={kindOptions}
            value={filter.kind ?? ''}
            onChange={(kind) => onChange({ kind })}
          />
          <Select
            aria-label="Status"
            options={statusOptions}
            value={filter.status}
            disabled={filter.view === 'done'}
            onChange={(status) => onChange({ status: status === 'open' ? null : status })}
          />
          <Select
            aria-label="Flow"
            options={flowOptions}
            value={filter.flowId ?? ''}
            onChange={(flow) => onChange({ flow })}
          />
          <Switch
            label="Overdue only"
            checked={filter.overdue}
            onChange={(overdue) => onChange({ overdue: overdue ? 'true' : null })}
          />
        </div>
      )}
    </div>
  );
}
