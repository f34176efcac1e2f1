import { exceptionClassNames } from '@waybill/api-contract';
import type { FlowId } from '@waybill/flow-model';
import { X } from 'lucide-react';
import { useApiQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { Button } from '../../ui/Button.tsx';
import { Select } from '../../ui/Field.tsx';
import { classLabels } from '../exceptions/exception-words.ts';
import type { RunFilter } from './run-filter.ts';

interface MoreFiltersProps {
  filter: RunFilter;
  /** Codes of the errors on screen, to choose from while typing. */
  codes: readonly string[];
  onChange: (changes: Record<string, string | null>) => void;
}

const standingAsWords: Record<RunFilter['as'], string> = {
  '': 'At one step',
  running: 'Under way at one step',
  waiting: 'Waiting at one step',
  parked: 'Waiting for a system at one step',
  'in-doubt': 'In doubt at one step',
  failed: 'Failed at one step',
};

const starters = [
  { value: '', label: 'Started by anyone' },
  { value: 'me', label: 'Started by me' },
  { value: 'webhook', label: 'A webhook' },
  { value: 'schedule', label: 'The schedule' },
  { value: 'poll', label: 'A poll' },
];

const errorKinds = [
  { value: '', label: 'Any kind of error' },
  ...exceptionClassNames.map((name) => ({ value: name, label: classLabels[name] })),
];

/** The filters that are needed now and then. */
export function MoreFilters({ filter, codes, onChange }: MoreFiltersProps) {
  const mayConnections = useMay()('connections.read');
  const connections = useApiQuery(
    'listConnections',
    { query: { limit: 200 } },
    { enabled: mayConnections, staleTime: 60_000 },
  );
  const labels = useApiQuery('listLabels', {}, { staleTime: 60_000 });
  const versions = useApiQuery(
    'listVersions',
    { params: { flowId: filter.flowId as FlowId } },
    { enabled: filter.flowId !== '', staleTime: 60_000 },
  );
  const withOwn = (options: { value: string; label: string }[], value: string, label: string) =>
    value === '' || options.some((option) => option.value === value) ? options : [...options, { value, label }];
  const connectionOptions = withOwn(
    [
      { value: '', label: 'Any connection' },
      ...(connections.data?.items ?? []).map((one) => ({ value: one.id, label: one.name })),
    ],
    filter.connection,
    filter.connection,
  );
  const versionOptions = withOwn(
    [
      { value: '', label: filter.flowId ? 'Any version' : 'Choose a flow first' },
      ...(filter.flowId ? (versions.data?.items ?? []) : []).map((one) => ({
        value: String(one.number),
        label: `Version ${one.number}`,
      })),
    ],
    filter.flowId ? filter.version : '',
    `Version ${filter.version}`,
  );
  return (
    <div className="toolbar run-filters__more">
      <span style={{ width: 160 }}>
        <Select
          aria-label="Version"
          disabled={filter.flowId === ''}
          options={versionOptions}
          value={filter.flowId ? filter.version : ''}
          onChange={(version) => onChange({ version })}
        />
      </span>
      {mayConnections && (
        <span style={{ width: 220 }}>
          <Select
            aria-label="Connection"
            options={connectionOptions}
            value={filter.connection}
            onChange={(connection) => onChange({ connection })}
          />
        </span>
      )}
      {((labels.data?.items.length ?? 0) > 0 || filter.label !== '') && (
        <span style={{ width: 170 }}>
          <Select
            aria-label="Label of the flow"
            options={withOwn(
              [
                { value: '', label: 'Any label' },
                ...(labels.data?.items ?? []).map((label) => ({ value: label, label })),
              ],
              filter.label,
              filter.label,
            )}
            value={filter.label}
            onChange={(label) => onChange({ label })}
          />
        </span>
      )}
      <span style={{ width: 180 }}>
        <Select
          aria-label="Started by"
          options={withOwn(
            starters,
            filter.startedBy,
            filter.startedBy.startsWith('us_') ? 'One person' : filter.startedBy,
          )}
          value={filter.startedBy}
          onChange={(by) => onChange({ by })}
        />
      </span>
      <span style={{ width: 190 }}>
        <Select
          aria-label="Kind of error"
          options={errorKinds}
          value={filter.errorClass}
          onChange={(kind) => onChange({ class: kind })}
        />
      </span>
      <input
        className="input run-filters__code"
        aria-label="Error code"
        placeholder="Error code"
        list="run-error-codes"
        value={filter.error}
        onChange={(event) => onChange({ error: event.target.value })}
      />
      <datalist id="run-error-codes">
        {codes.map((code) => (
          <option key={code} value={code} />
        ))}
      </datalist>
      {filter.node !== '' && (
        <Button small look="ghost" icon={X} onClick={() => onChange({ node: null, as: null })}>
          {standingAsWords[filter.as]}
        </Button>
      )}
      {filter.parent !== '' && (
        <Button small look="ghost" icon={X} onClick={() => onChange({ parent: null })}>
          Called by one run
        </Button>
      )}
    </div>
  );
}
