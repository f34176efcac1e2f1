import type { Effect } from '@waybill/api-contract';
import { X } from 'lucide-react';
import { useApiQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { Button } from '../../ui/Button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { SearchBox, Select } from '../../ui/Field.tsx';
import type { EffectFilter } from './effect-filter.ts';
import { effectRanges, noEffectFilter, toggleState } from './effect-filter.ts';
import { effectLooks, effectOrder } from './effect-words.ts';

interface EffectFiltersProps {
  filter: EffectFilter;
  filtered: boolean;
  counts: Partial<Record<Effect['state'], number>> | undefined;
  onChange: (changes: Record<string, string | null>) => void;
}

const modes = [
  { value: '', label: 'Live and test' },
  { value: 'live', label: 'Live runs' },
  { value: 'test', label: 'Test runs' },
];

export function EffectFilters({ filter, filtered, counts, onChange }: EffectFiltersProps) {
  const mayConnections = useMay()('connections.read');
  const flows = useApiQuery('listFlows', { query: { limit: 200 } }, { staleTime: 60_000 });
  const connections = useApiQuery(
    'listConnections',
    { query: { limit: 200 } },
    { enabled: mayConnections, staleTime: 60_000 },
  );
  const withOwn = (options: { value: string; label: string }[], value: string) =>
    options.some((option) => option.value === value) ? options : [...options, { value, label: value }];
  const isKey = filter.businessKey !== '';
  return (
    <div className="list-filters">
      <div className="toolbar">
        <span className="list-filters__search">
          <SearchBox
            label={isKey ? 'Business key' : 'Search writes'}
            value={isKey ? filter.businessKey : filter.text}
            onChange={(text) => onChange(isKey ? { key: text } : { q: text })}
          />
          <Select
            aria-label="Search in"
            options={[
              { value: 'text', label: 'Begins with' },
              { value: 'key', label: 'Is exactly' },
            ]}
            value={isKey ? 'key' : 'text'}
            onChange={(place) =>
              place === 'key'
                ? onChange({ key: filter.text || null, q: null })
                : onChange({ q: filter.businessKey, key: null })
            }
          />
        </span>
        <span style={{ width: 156 }}>
          <Select
            aria-label="Flow"
            options={withOwn(
              [
                { value: '', label: 'All flows' },
                ...(flows.data?.items ?? []).map((flow) => ({ value: flow.id as string, label: flow.name })),
              ],
              filter.flowId,
            )}
            value={filter.flowId}
            onChange={(flow) => onChange({ flow })}
          />
        </span>
        {mayConnections && (
          <span style={{ width: 148 }}>
            <Select
              aria-label="System"
              options={withOwn(
                [
                  { value: '', label: 'All systems' },
                  ...(connections.data?.items ?? []).map((one) => ({ value: one.id as string, label: one.name })),
                ],
                filter.connection,
              )}
              value={filter.connection}
              onChange={(connection) => onChange({ connection })}
            />
          </span>
        )}
        <span style={{ width: 124 }}>
          <Select
            aria-label="Changed"
            options={effectRanges.map(({ value, label }) => ({ value, label }))}
            value={filter.range}
            onChange={(range) => onChange({ range })}
          />
        </span>
        <span style={{ width: 128 }}>
          <Select aria-label="Mode" options={modes} value={filter.mode} onChange={(mode) => onChange({ mode })} />
        </span>
      </div>
      <fieldset className="chips" aria-label="State">
        {effectOrder.map((state) => {
          const { label, tone, about } = effectLooks[state];
          return (
            <button
              key={state}
              type="button"
              title={about}
              aria-pressed={filter.states.includes(state)}
              className={classNames('chip', tone && `chip--${tone}`)}
              onClick={() => onChange({ state: toggleState(filter.states, state).join(',') })}
            >
              <span className="chip__dot" aria-hidden />
              {label}
              <span className="chip__count">{counts ? (counts[state] ?? 0).toLocaleString() : '–'}</span>
            </button>
          );
        })}
        {filtered && (
          <Button look="ghost" small icon={X} onClick={() => onChange(noEffectFilter)}>
            Clear
          </Button>
        )}
      </fieldset>
    </div>
  );
}
