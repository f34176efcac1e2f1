import { graphOf, manifestKey, stepsToGoBackTo, topologicalOrder } from '@waybill/flow-model';
import { X } from 'lucide-react';
import { useDeferredValue, useMemo, useState } from 'react';
import { useApiQuery } from '../../../api/queries.ts';
import { useMay } from '../../../api/session.ts';
import { Link } from '../../../app/router.tsx';
import { Select } from '../../../ui/Field.tsx';
import { useEditor } from '../../state/editor-store.ts';
import { useFieldContext } from '../field-context.ts';
import type { ParamFieldProps } from './field-props.ts';

const withCurrent = (options: { value: string; label: string }[], value: string) => [
  ...(value === '' ? [{ value: '', label: 'Choose…' }] : []),
  ...options,
  ...(value !== '' && !options.some((option) => option.value === value)
    ? [{ value, label: `${value} (not found)` }]
    : []),
];

export function FlowParam({ id, value, onChange, describedBy }: ParamFieldProps<'flow'>) {
  const own = useEditor((state) => state.summary.id);
  const flows = useApiQuery('listFlows', { query: { limit: 200 } });
  const chosen = typeof value === 'string' ? value : '';
  const options = (flows.data?.items ?? [])
    .filter((flow) => flow.id !== own)
    .map((flow) => ({ value: flow.id as string, label: flow.name }));
  return (
    <div className="row">
      <Select
        id={id}
        aria-describedby={describedBy}
        options={withCurrent(options, flows.isPending ? '' : chosen)}
        value={chosen}
        onChange={(next) => onChange(next || undefined)}
      />
      {chosen && <Link href={`/flows/${chosen}`}>Open</Link>}
    </div>
  );
}

export function TableParam({ id, value, onChange, describedBy }: ParamFieldProps<'table'>) {
  const tables = useApiQuery('listTables', {});
  const chosen = typeof value === 'string' ? value : '';
  const options = (tables.data?.items ?? []).map((table) => ({ value: table.name, label: table.title }));
  return (
    <Select
      id={id}
      aria-describedby={describedBy}
      options={withCurrent(options, tables.isPending ? '' : chosen)}
      value={chosen}
      onChange={(next) => onChange(next || undefined)}
    />
  );
}

/** An earlier step of the same container, nearest first. */
export function StepParam({ id, value, onChange, describedBy }: ParamFieldProps<'step'>) {
  const { nodeId } = useFieldContext();
  const flow = useEditor((state) => state.flow);
  const catalog = useEditor((state) => state.catalog);
  const steps = useMemo(() => {
    const graph = graphOf(flow);
    const before = stepsToGoBackTo(graph, catalog, nodeId);
    return topologicalOrder(graph, before).reverse();
  }, [flow, catalog, nodeId]);
  const chosen = typeof value === 'string' ? value : '';
  const titleOf = (step: string) => {
    const node = flow.nodes[step];
    return node?.title ?? (node && catalog.get(manifestKey(node.type, node.version))?.title) ?? step;
  };
  if (steps.length === 0 && chosen === '')
    return (
      <p id={id} className="muted">
        No step comes before this one yet. Connect it to the check first.
      </p>
    );
  return (
    <Select
      id={id}
      aria-describedby={describedBy}
      options={withCurrent(
        steps.map((step) => ({ value: step, label: titleOf(step) })),
        chosen,
      )}
      value={chosen}
      onChange={(next) => onChange(next || undefined)}
    />
  );
}

/** E-mails of people and names of groups, as chips; offered as they are found on the server. */
export function PeopleParam({ id, spec, value, onChange, describedBy }: ParamFieldProps<'people'>) {
  const mayList = useMay()('tasks.decide');
  const [typed, setTyped] = useState('');
  const text = useDeferredValue(typed.trim());
  const query = text ? { text } : {};
  const found = useApiQuery('listPeople', { query }, { enabled: mayList });
  const groups = useApiQuery('listGroups', { query }, { enabled: mayList });
  const people = Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
  const known = [...(found.data?.items ?? []).map((person) => person.email), ...(groups.data?.items ?? [])];
  const add = (who: string) => {
    const name = who.trim().replace(/,$/, '');
    setTyped('');
    if (name && !people.includes(name)) onChange([...people, name]);
  };
  return (
    <div className="chips">
      {people.map((who) => (
        <span key={who} className="chip">
          {who}
          <button
            type="button"
            aria-label={`Remove ${who}`}
            onClick={() => onChange(people.filter((one) => one !== who))}
          >
            <X size={12} aria-hidden />
          </button>
        </span>
      ))}
      <input
        id={id}
        className="input"
        list={`${id}-known`}
        aria-describedby={describedBy}
        placeholder={spec.placeholder ?? 'E-mail or group, then Enter'}
        value={typed}
        onChange={(event) =>
          known.includes(event.target.value) ? add(event.target.value) : setTyped(event.target.value)
        }
        onBlur={() => typed && add(typed)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' && event.key !== ',') return;
          event.preventDefault();
          add(typed);
        }}
      />
      <datalist id={`${id}-known`}>
        {[...new Set(known)].map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </div>
  );
}
