import type { FlowSummary } from '@waybill/api-contract';
import { Archive, ArchiveRestore, Copy, Ellipsis, History, Pencil, Plus, Trash2, Workflow } from 'lucide-react';
import { useDeferredValue, useMemo, useState } from 'react';
import { api, queryClient } from '../api/client.ts';
import { useApiQuery } from '../api/queries.ts';
import { useMay } from '../api/session.ts';
import { Link, navigate, useSearch } from '../app/router.tsx';
import { Badge, StatusBadge } from '../ui/Badge.tsx';
import { Button, IconButton } from '../ui/Button.tsx';
import type { Question } from '../ui/Confirm.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { SearchBox, Select } from '../ui/Field.tsx';
import type { MenuEntry } from '../ui/Menu.tsx';
import { Menu } from '../ui/Menu.tsx';
import { Page } from '../ui/Page.tsx';
import { EmptyState, ListState } from '../ui/States.tsx';
import { RelativeTime } from '../ui/Time.tsx';
import { toast, toastError } from '../ui/toasts.ts';
import type { NewFlowSource } from './NewFlowDialog.tsx';
import { NewFlowDialog } from './NewFlowDialog.tsx';

const states = [
  { value: '', label: 'All states' },
  { value: 'published', label: 'Published' },
  { value: 'draft', label: 'Draft' },
  { value: 'retired', label: 'Retired' },
];

/** Titles of the triggers; a type whose package is gone goes by its name. */
const startWords = (types: readonly string[], titles: ReadonlyMap<string, string>): string =>
  types.length === 0 ? 'nothing yet' : types.map((type) => titles.get(type) ?? type).join(', ');

const refresh = () => queryClient.invalidateQueries({ queryKey: ['listFlows'] });

export default function FlowsScreen() {
  const may = useMay();
  const [search, setSearch] = useSearch();
  const text = search.get('text') ?? '';
  const state = search.get('state') ?? '';
  const label = search.get('label') ?? '';
  const wanted = useDeferredValue(text);
  const [question, setQuestion] = useState<Question | null>(null);
  const [creating, setCreating] = useState<NewFlowSource | null>(null);
  const flows = useApiQuery('listFlows', {
    query: {
      limit: 200,
      ...(wanted ? { text: wanted } : {}),
      ...(state ? { state: state as FlowSummary['state'] } : {}),
      ...(label ? { label } : {}),
    },
  });

  const labels = useApiQuery('listLabels', {}, { staleTime: 60_000 });
  const labelOptions = [
    { value: '', label: 'Any label' },
    ...[...new Set([...(labels.data?.items ?? []), ...(label ? [label] : [])])].map((one) => ({
      value: one,
      label: one,
    })),
  ];
  const catalog = useApiQuery('catalog', {}, { staleTime: 60_000 });
  const titles = useMemo(
    () => new Map(catalog.data?.manifests.map((manifest) => [manifest.type, manifest.title]) ?? []),
    [catalog.data],
  );

  const retire = async (flow: FlowSummary) => {
    try {
      await api('retireFlow', { params: { flowId: flow.id } });
      await refresh();
      toast(`“${flow.name}” is retired: its triggers are off.`, {
        action: {
          label: 'Undo',
          perform: () => void api('restoreFlow', { params: { flowId: flow.id } }).then(refresh, toastError),
        },
      });
    } catch (error) {
      toastError(error);
    }
  };
  const remove = (flow: FlowSummary) =>
    setQuestion({
      title: `Delete “${flow.name}”?`,
      about: 'The flow was never published, so nothing depends on it. It cannot be brought back.',
      confirm: 'Delete flow',
      danger: true,
      perform: async () => {
        await api('deleteFlow', { params: { flowId: flow.id } });
        await refresh();
      },
    });
  const entriesFor = (flow: FlowSummary): MenuEntry[] => [
    { label: 'Open', icon: Pencil, perform: () => navigate(`/flows/${flow.id}`) },
    { label: 'Versions', icon: History, perform: () => navigate(`/flows/${flow.id}/versions`) },
    ...(may('flows.edit')
      ? [{ label: 'Duplicate', icon: Copy, perform: () => setCreating({ from: 'flow', flowId: flow.id }) }]
      : []),
    ...(flow.state === 'published' && may('flows.publish')
      ? (['rule', { label: 'Retire', icon: Archive, perform: () => void retire(flow) }] as const)
      : []),
    ...(flow.state === 'retired' && may('flows.publish')
      ? ([
          'rule',
          {
            label: 'Restore',
            icon: ArchiveRestore,
            perform: () => void api('restoreFlow', { params: { flowId: flow.id } }).then(refresh, toastError),
          },
        ] as const)
      : []),
    ...(flow.publishedVersion === null && may('flows.edit')
      ? (['rule', { label: 'Delete…', icon: Trash2, danger: true, perform: () => remove(flow) }] as const)
      : []),
  ];
  const newFlow = may('flows.edit') && (
    <Button look="primary" icon={Plus} onClick={() => setCreating({ from: 'blank' })}>
      New flow
    </Button>
  );

  return (
    <Page title="Flows" about="What moves work from one system to the next." actions={newFlow}>
      <div className="toolbar">
        <SearchBox label="Search flows" value={text} onChange={(value) => setSearch({ text: value })} />
        <span style={{ width: 150 }}>
          <Select aria-label="State" options={states} value={state} onChange={(value) => setSearch({ state: value })} />
        </span>
        {labelOptions.length > 1 && (
          <span style={{ width: 170 }}>
            <Select
              aria-label="Label"
              options={labelOptions}
              value={label}
              onChange={(value) => setSearch({ label: value })}
            />
          </span>
        )}
        {flows.data && (
          <span className="muted">
            {flows.data.items.length}
            {flows.data.nextCursor ? '+' : ''} {flows.data.items.length === 1 ? 'flow' : 'flows'}
          </span>
        )}
      </div>
      <div className="sheet">
        <ListState
          query={flows}
          isEmpty={(page) => page.items.length === 0}
          empty={
            text || state || label ? (
              <EmptyState
                icon={Workflow}
                title="No flow matches"
                actions={
                  <Button onClick={() => setSearch({ text: null, state: null, label: null })}>Show all flows</Button>
                }
              >
                Try fewer letters, another state or another label.
              </EmptyState>
            ) : (
              <EmptyState icon={Workflow} title="Draw the first flow" actions={newFlow}>
                A flow starts with a trigger, such as a webhook, a schedule or a form, and carries on step by step.
              </EmptyState>
            )
          }
        >
          {(page) => (
            <table className="table">
              <thead>
                <tr>
                  <th>Flow</th>
                  <th>State</th>
                  <th>Starts with</th>
                  <th className="num">Steps</th>
                  <th>Last change</th>
                  <th>
                    <span className="sr-only">Actions</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {page.items.map((flow) => (
                  <tr key={flow.id}>
                    <td className="table__main">
                      <Link href={`/flows/${flow.id}`} className="flow-name">
                        {flow.name}
                      </Link>
                      {flow.labels.length > 0 && (
                        <span className="row flow-labels">
                          {flow.labels.map((one) => (
                            <Badge key={one}>{one}</Badge>
                          ))}
                        </span>
                      )}
                      {flow.description && <div className="muted truncate">{flow.description}</div>}
                    </td>
                    <td>
                      <span className="row">
                        <StatusBadge status={flow.state} />
                        {flow.publishedVersion !== null && <span className="muted">v{flow.publishedVersion}</span>}
                        {flow.changed && flow.publishedVersion !== null && <Badge tone="waiting">Draft differs</Badge>}
                      </span>
                    </td>
                    <td className="muted nowrap">{startWords(flow.triggers, titles)}</td>
                    <td className="num">{flow.nodeCount}</td>
                    <td className="nowrap">
                      <RelativeTime at={flow.updatedAt} /> <span className="muted">by {flow.updatedBy}</span>
                    </td>
                    <td className="table__actions">
                      <Menu entries={entriesFor(flow)}>
                        <IconButton label={`Actions for ${flow.name}`} icon={Ellipsis} small />
                      </Menu>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </ListState>
      </div>
      {creating && (
        <NewFlowDialog source={creating} flows={flows.data?.items ?? []} onClose={() => setCreating(null)} />
      )}
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </Page>
  );
}
