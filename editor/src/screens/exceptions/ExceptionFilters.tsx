import type { ExceptionTotals } from '@waybill/api-contract';
import { exceptionClassNames, slaStateNames } from '@waybill/api-contract';
import { X } from 'lucide-react';
import { Button } from '../../ui/Button.tsx';
import { SearchBox, Select } from '../../ui/Field.tsx';
import { Segments } from '../../ui/Tabs.tsx';
import type { ExceptionsQuery, ExceptionView } from './exception-query.ts';
import { classLabels, isFiltered, slaLabels } from './exception-words.ts';

const views: readonly { value: ExceptionView; label: string }[] = [
  { value: 'causes', label: 'By cause' },
  { value: 'list', label: 'One by one' },
  { value: 'sums', label: 'Sums' },
];
const statuses = [
  { value: 'open', label: 'Open' },
  { value: 'decided', label: 'Resolved' },
  { value: 'expired', label: 'Expired' },
  { value: 'cancelled', label: 'Cancelled' },
];
const orders = [
  { value: 'oldest', label: 'Oldest first' },
  { value: 'newest', label: 'Newest first' },
  { value: 'due', label: 'Due first' },
  { value: 'value', label: 'Highest value' },
];
const noFilter = {
  class: null,
  flow: null,
  owner: null,
  age: null,
  sla: null,
  min: null,
  cause: null,
  tag: null,
  q: null,
};

interface ExceptionFiltersProps {
  query: ExceptionsQuery;
  search: URLSearchParams;
  /** Offers the flows and owners that occur. */
  totals: ExceptionTotals | undefined;
  onChange: (changes: Record<string, string | null>) => void;
}

export function ExceptionFilters({ query, search, totals, onChange }: ExceptionFiltersProps) {
  const { filter, view, order } = query;
  const named = (facets: { name: string; label: string }[] | undefined, chosen: string | undefined, all: string) => {
    const known = facets ?? [];
    const missing = chosen && !known.some((one) => one.name === chosen) ? [{ name: chosen, label: chosen }] : [];
    return [{ value: '', label: all }, ...[...known, ...missing].map(({ name, label }) => ({ value: name, label }))];
  };
  return (
    <div className="exceptions__tools">
      <div className="row spread">
        <Segments
          label="View"
          value={view}
          options={views}
          onChange={(next) => onChange({ view: next, cause: null })}
        />
        {isFiltered(filter) && (
          <Button small look="ghost" icon={X} onClick={() => onChange(noFilter)}>
            Clear filters
          </Button>
        )}
      </div>
      <SearchBox label="Search exceptions" value={search.get('q') ?? ''} onChange={(q) => onChange({ q })} />
      <div className="exceptions__selects">
        <Select
          aria-label="Status"
          options={statuses}
          value={filter.status}
          onChange={(next) => onChange({ status: next === 'open' ? null : next })}
        />
        <Select
          aria-label="Class"
          value={filter.class ?? ''}
          onChange={(next) => onChange({ class: next })}
          options={[
            { value: '', label: 'All classes' },
            ...exceptionClassNames.map((name) => ({ value: name, label: classLabels[name] })),
          ]}
        />
        <Select
          aria-label="Flow"
          value={filter.flowId ?? ''}
          onChange={(next) => onChange({ flow: next })}
          options={named(totals?.byFlow, filter.flowId, 'All flows')}
        />
        <Select
          aria-label="Owner"
          value={filter.owner ?? ''}
          onChange={(next) => onChange({ owner: next })}
          options={named(totals?.byOwner, filter.owner, 'All owners')}
        />
        <Select
          aria-label="Due"
          value={filter.sla ?? ''}
          onChange={(next) => onChange({ sla: next })}
          options={[
            { value: '', label: 'Any due date' },
            ...slaStateNames.map((state) => ({ value: state, label: slaLabels[state] })),
          ]}
        />
        {view === 'list' ? (
          <Select
            aria-label="Order"
            options={orders}
            value={order}
            onChange={(next) => onChange({ order: next === 'oldest' ? null : next })}
          />
        ) : (
          <input
            className="input"
            aria-label="Smallest value at stake"
            placeholder="Value from"
            inputMode="decimal"
            value={search.get('min') ?? ''}
            onChange={(event) => onChange({ min: event.target.value })}
          />
        )}
      </div>
    </div>
  );
}
