import type { Connection } from '@waybill/api-contract';
import { Cable, Pencil, Plus, Trash2, TriangleAlert } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { useApiQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { Link, useSearch } from '../../app/router.tsx';
import { Badge } from '../../ui/Badge.tsx';
import { Button, IconButton } from '../../ui/Button.tsx';
import type { Question } from '../../ui/Confirm.tsx';
import { Confirm } from '../../ui/Confirm.tsx';
import { SearchBox } from '../../ui/Field.tsx';
import { Page } from '../../ui/Page.tsx';
import { EmptyState, ListState } from '../../ui/States.tsx';
import { RelativeTime } from '../../ui/Time.tsx';
import { toast } from '../../ui/toasts.ts';
import { ConnectionDialog } from './ConnectionDialog.tsx';
import { boundWords } from './connection-form.ts';
import { RolesPanel } from './RolesPanel.tsx';
import { TestButton } from './TestButton.tsx';
import { typeIcon } from './type-icon.tsx';
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
  const isTestable = (connection: Connection) => types.find((type) => type.type === connection.type)?.testable ?? false;
  const [editing, setEditing] = useState<Connection | 'new' | null>(null);
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
                  <th className="connection-tested">Last test</th>
                  <th>Changed</th>
                  <th>
                    <span className="sr-only">Actions</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {page.items.map((connection) => (
                  <tr key={connection.id}>
                    <td>
                      <span className="row connection-name">
                        {typeIcon(types.find((type) => type.type === connection.type))}
                        <span>
                          <strong>{connection.name}</strong>
                          <span className="muted">{connection.typeTitle}</span>
                        </span>
                        {connection.allowPrivateAddresses && (
                          <span title="May reach private addresses of this network">
                            <Badge tone="waiting">
                              <TriangleAlert size={11} aria-hidden /> Private
                            </Badge>
                          </span>
                        )}
                      </span>
                    </td>
                    <td>
                      <span className="row">
                        {connection.roles.length === 0
                          ? '–'
                          : connection.roles.map((role) => (
                              <Badge key={role} tone="accent">
                                {role}
                              </Badge>
                            ))}
                      </span>
                    </td>
                    <td className="connection-flows">
                      {connection.usedByFlows.length === 0
                        ? '–'
                        : connection.usedByFlows.slice(0, 3).map((flow) => (
                            <Link key={flow.id} href={`/flows/${flow.id}`}>
                              {flow.name}
                            </Link>
                          ))}
                      {connection.usedByFlows.length > 3 && (
                        <span className="muted">and {connection.usedByFlows.length - 3} more</span>
                      )}
                    </td>
                    <td>
                      {connection.lastTest ? (
                        <span className="row" title={connection.lastTest.what}>
                          <Badge tone={connection.lastTest.ok ? 'done' : 'failed'} dot>
                            {connection.lastTest.ok ? 'Works' : 'Fails'}
                          </Badge>
                          <span className="muted">
                            <RelativeTime at={connection.lastTest.at} />
                          </span>
                        </span>
                      ) : (
                        <span className="muted">{isTestable(connection) ? 'never' : 'no test'}</span>
                      )}
                    </td>
                    <td className="muted nowrap">
                      <RelativeTime at={connection.updatedAt} />
                    </td>
                    <td className="table__actions">
                      {isTestable(connection) && <TestButton connection={connection} />}
                      {mayEdit && (
                        <>
                          <IconButton
                            label={`Edit ${connection.name}`}
                            icon={Pencil}
                            small
                            onClick={() => setEditing(connection)}
                          />
                          <IconButton
                            label={`Delete ${connection.name}`}
                            icon={Trash2}
                            small
                            onClick={() => remove(connection)}
                          />
                        </>
                      )}
                    </td>
                  </tr>
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
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </Page>
  );
}

const refresh = () =>
  Promise.all(['listConnections', 'listRoles'].map((route) => queryClient.invalidateQueries({ queryKey: [route] })));
