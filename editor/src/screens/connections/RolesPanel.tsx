import { CircleAlert } from 'lucide-react';
import { api, queryClient } from '../../api/client.ts';
import { useApiQuery } from '../../api/queries.ts';
import { Select } from '../../ui/Field.tsx';
import { ListState, SkeletonRows } from '../../ui/States.tsx';
import { toast, toastError } from '../../ui/toasts.ts';

interface RolesPanelProps {
  mayEdit: boolean;
  onAdd: () => void;
}

/** Which connection stands behind each role. */
export function RolesPanel({ mayEdit, onAdd }: RolesPanelProps) {
  const roles = useApiQuery('listRoles', {});
  // Not the list of the screen: that one shrinks as people search.
  const all = useApiQuery('listConnections', { query: { limit: 200 } });
  const connections = all.data?.items ?? [];
  const bind = async (role: string, connectionId: string) => {
    if (connectionId === 'add') return onAdd();
    try {
      await api('bindRole', { params: { role }, body: { connectionId: connectionId || null } });
      await Promise.all(
        ['listRoles', 'listConnections'].map((route) => queryClient.invalidateQueries({ queryKey: [route] })),
      );
      toast(connectionId ? `${role} is bound.` : `${role} is bound to nothing; flows that need it stop there.`);
    } catch (error) {
      toastError(error);
    }
  };
  return (
    <section aria-label="Roles" className="roles">
      <h2 className="label-caps">Roles</h2>
      <ListState
        query={roles}
        loading={<SkeletonRows rows={1} />}
        isEmpty={(data) => data.items.length === 0}
        empty={<p className="muted">No flow names a role yet. Roles show up here when a flow uses one.</p>}
      >
        {(data) => (
          <ul className="roles__grid">
            {data.items.map((binding) => (
              <li key={binding.role} className="sheet roles__one">
                <div className="row spread">
                  <code>{binding.role}</code>
                  {binding.connectionId === null && (
                    <span className="roles__open">
                      <CircleAlert size={13} aria-hidden /> not bound
                    </span>
                  )}
                </div>
                <Select
                  aria-label={`Connection of ${binding.role}`}
                  disabled={!mayEdit}
                  value={binding.connectionId ?? ''}
                  options={[
                    { value: '', label: 'Not bound' },
                    ...connections.map((one) => ({ value: one.id, label: one.name })),
                    ...(mayEdit ? [{ value: 'add', label: 'Add a connection…' }] : []),
                  ]}
                  onChange={(id) => void bind(binding.role, id)}
                />
                <span className="muted truncate" title={binding.usedByFlows.map((flow) => flow.name).join(', ')}>
                  {binding.usedByFlows.length === 0
                    ? 'used by no flow'
                    : `used by ${binding.usedByFlows.map((flow) => flow.name).join(', ')}`}
                </span>
              </li>
            ))}
          </ul>
        )}
      </ListState>
    </section>
  );
}
