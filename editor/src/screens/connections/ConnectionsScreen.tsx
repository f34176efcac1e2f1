import type { Connection } from '@waybill/api-contract';
import { Cable, Plus } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { useConnectionGauges } from '../../api/connection-gauges.ts';
import { useApiQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useSearch } from '../../app/router.tsx';
import { Button } from '../../ui/Button.tsx';
import type { Question } from '../../ui/Confirm.tsx';
import { Confirm } from '../../ui/Confirm.tsx';
import { SearchBox } from '../../ui/Field.tsx';
import { Page } from '../../ui/Page.tsx';
import { EmptyState, ListState } from '../../ui/States.tsx';
import { toast } from '../../ui/toasts.ts';
import { ConnectionActDialog } from './ConnectionActDialog.tsx';
import { ConnectionDialog } from './ConnectionDialog.tsx';
import { ConnectionRow } from './ConnectionRow.tsx';
import { boundWords } from './connection-form.ts';
import type { ConnectionAct } from './gauge-words.ts';
import { RolesPanel } from './RolesPanel.tsx';
import { TrafficDrawer } from './TrafficDrawer.tsx';
import './connections.css';

export default function ConnectionsScreen() {
  const may = useMay();
  const mayEdit = may('connections.edit');
  const [search, setSearch] = useSearch();
  const text = search.get('q') ?? '';
  const wanted = useDeferredValue(text);
  const connections = useApiQuery('listConnections', { query: { limit: 200, ...(wanted ? { text: wanted } : {}) } });
  const catalog = useApiQuery('catalog', {}, { staleTime: Number.POSITIVE_INFINITY });
  const types = catalog.data?.credentials ?? [];
  const gauges = useConnectionGauges();
  const [editing, setEditing] = useState<Connection | 'new' | null>(null);
  const [traffic, setTraffic] = useState<Connection | null>(null);
  const [act, setAct] = useState<ConnectionAct | null>(null);
  const [question, setQuestion] = useState<Question | null>(null);

  const remove = (connection: Connection) => {
    const bound = boundWords(connection);
    setQuestion(
      bound
        ? {
            title: `“${connection.name}” is in use`,
            about: `It is needed by ${bound}. Bind the roles to another connection first; then it can be deleted.`,
            confirm: 'Understood',
            perform: () => undefined,
          }
        : {
            title: `Delete “${connection.name}”?`,
            about: 'Its secrets are erased. Nothing uses it. It cannot be brought back.',
            confirm: 'Delete connection',
            danger: true,
            perform: async () => {
              await api('deleteConnection', { params: { connectionId: connection.id } });
              await refresh();
              toast(`“${connection.name}” is deleted.`);
            },
          },
    );
  };
  const add = mayEdit && (
    <Button look="primary" icon={Plus} onClick={() => setEditing('new')}>
      Add connection
    </Button>
  );

  return (
    <Page
      title="Connections"
      about="Accounts in other systems. Flows name a role, such as crm or erp; the binding below says which account that is here."
      actions={add}
    >
      <RolesPanel mayEdit={mayEdit} onAdd={() => setEditing('new')} />
      <div className="toolbar">
        <SearchBox label="Search connections" value={text} onChange={(q) => setSearch({ q })} />
      </div>
      <div className="sheet">
        <ListState
          query={connections}
          isEmpty={(page) => page.items.length === 0}
          empty={
            <EmptyState
              icon={Cable}
              title={text ? 'No connection matches' : 'Connect the first system'}
              actions={!text && add}
            >
              {text
                ? 'Try fewer letters.'
                : 'A connection keeps address and secrets of one account, sealed. Flows never see them.'}
            </EmptyState>
          }
        >
          {(page) => (
            <table className="table">
              <thead>
                <tr>
                  <th>Connection</th>
                  <th>Roles</th>
                  <th>Used by</th>
                  <th>Calls</th>
                  <th className="connection-tested">Last test</th>
                  <th className="connection-changed">Changed</th>
                  <th>
                    <span className="sr-only">Actions</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {page.items.map((connection) => (
                  <ConnectionRow
                    key={connection.id}
                    connection={connection}
                    type={types.find((type) => type.type === connection.type)}
                    gauge={gauges.get(connection.id)}
                    mayEdit={mayEdit}
                    onTraffic={() => setTraffic(connection)}
                    onEdit={() => setEditing(connection)}
                    onDelete={() => remove(connection)}
                  />
                ))}
              </tbody>
            </table>
          )}
        </ListState>
      </div>
      {editing !== null && catalog.data && (
        <ConnectionDialog
          types={types}
          connection={editing === 'new' ? null : editing}
          onClose={() => setEditing(null)}
        />
      )}
      {traffic !== null && (
        <TrafficDrawer
          connection={traffic}
          gauge={gauges.get(traffic.id)}
          onAct={setAct}
          onClose={() => setTraffic(null)}
        />
      )}
      {traffic !== null && act !== null && (
        <ConnectionActDialog connection={traffic} act={act} onClose={() => setAct(null)} />
      )}
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </Page>
  );
}

const refresh = () =>
  Promise.all(['listConnections', 'listRoles'].map((route) => queryClient.invalidateQueries({ queryKey: [route] })));
