import type { RunSummaryView } from '@waybill/api-contract';
import { ListFilter, X } from 'lucide-react';
import { useState } from 'react';
import { useApiQuery } from '../../api/queries.ts';
import { statusLooks } from '../../ui/Badge.tsx';
import { Button } from '../../ui/Button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { SearchBox, Select } from '../../ui/Field.tsx';
import { MoreFilters } from './MoreFilters.tsx';
import type { RunFilter, RunStatus } from './run-filter.ts';
import { countWords, detailCount, isFiltered, noFilter, timeRanges, toggleStatus } from './run-filter.ts';

interface RunFiltersProps {
  filter: RunFilter;
  counts: Partial<Record<RunSummaryView['status'], number>> | undefined;
  /** Statuses whose count stopped early. */
  atLeast: readonly RunStatus[];
  /** Codes of the errors on screen. */
  codes: readonly string[];
  onChange: (changes: Record<string, string | null>) => void;
}

/** Shown even at zero; the rest only when there is one, or it is chosen. */
const always: readonly RunStatus[] = ['running', 'waiting', 'failed', 'in-doubt', 'succeeded'];
const order: readonly RunStatus[] = [
  'queued',
  'running',
  'waiting',
  'paused',
  'in-doubt',
  'failed',
  'quarantined',
  'succeeded',
  'cancelled',
  'ignored',
];

const modes = [
  { value: '', label: 'Live and test' },
  { value: 'live', label: 'Live runs' },
  { value: 'test', label: 'Test runs' },
];
const places = [
  { value: 'text', label: 'Anywhere' },
  { value: 'key', label: 'Business key' },
  { value: 'prefix', label: 'Key begins with' },
  { value: 'correlation', label: 'Correlation id' },
];

export function RunFilters({ filter, counts, atLeast, codes, onChange }: RunFiltersProps) {
  const details = detailCount(filter);
  const [open, setOpen] = useState(details > 0);
  const flows = useApiQuery('listFlows', { query: { limit: 200 } }, { staleTime: 60_000 });
  const flowOptions = [
    { value: '', label: 'All flows' },
    ...(flows.data?.items ?? []).map((flow) => ({ value: flow.id, label: flow.name })),
  ];
  if (filter.flowId && !flowOptions.some((option) => option.value === filter.flowId))
    flowOptions.push({ value: filter.flowId, label: filter.flowId });
  const shown = order.filter(
    (status) => always.includes(status) || filter.statuses.includes(status) || (counts?.[status] ?? 0) > 0,
  );
  return (
    <div className="list-filters">
      <div className="toolbar">
        <span className="list-filters__search">
          <SearchBox label="Search runs" value={filter.search} onChange={(q) => onChange({ q })} />
          <Select
            aria-label="Search in"
            options={places}
            value={filter.searchIn}
            onChange={(place) => onChange({ in: place === 'text' ? null : place })}
          />
        </span>
        <span style={{ width: 190 }}>
          <Select
            aria-label="Flow"
            options={flowOptions}
            value={filter.flowId}
            onChange={(flow) => onChange({ flow, version: null, node: null, as: null })}
          />
        </span>
        <span style={{ width: 128 }}>
          <Select aria-label="Mode" options={modes} value={filter.mode} onChange={(mode) => onChange({ mode })} />
        </span>
        <span style={{ width: 132 }}>
          <Select
            aria-label="Started"
            options={timeRanges.map(({ value, label }) => ({ value, label }))}
            value={filter.range}
            onChange={(range) => onChange({ range, ...(range === 'custom' ? {} : { from: null, to: null }) })}
          />
        </span>
        {filter.range === 'custom' && (
          <span className="row">
            <input
              className="input"
              type="datetime-local"
              aria-label="From"
              value={filter.from}
              onChange={(event) => onChange({ from: event.target.value })}
            />
            <input
              className="input"
              type="datetime-local"
              aria-label="To"
              value={filter.to}
              onChange={(event) => onChange({ to: event.target.value })}
            />
          </span>
        )}
        <Button
          look="ghost"
          icon={ListFilter}
          aria-expanded={open}
          aria-controls="run-filters-more"
          onClick={() => setOpen(!open)}
        >
          {details > 0 ? `More filters (${details})` : 'More filters'}
        </Button>
      </div>
      <div id="run-filters-more" hidden={!open}>
        {open && <MoreFilters filter={filter} codes={codes} onChange={onChange} />}
      </div>
      <fieldset className="chips" aria-label="Status">
        {shown.map((status) => {
          const look = statusLooks[status];
          const on = filter.statuses.includes(status);
          return (
            <button
              key={status}
              type="button"
              aria-pressed={on}
              className={classNames('chip', look.tone && `chip--${look.tone}`)}
              onClick={() => onChange({ status: toggleStatus(filter.statuses, status).join(',') })}
            >
              <span className="chip__dot" aria-hidden />
              {look.label}
              <span className="chip__count">
                {counts ? countWords(counts[status] ?? 0, atLeast.includes(status)) : '–'}
              </span>
            </button>
          );
        })}
        {isFiltered(filter) && (
          <Button look="ghost" small icon={X} onClick={() => onChange(noFilter)}>
            Clear
          </Button>
        )}
      </fieldset>
    </div>
  );
}
