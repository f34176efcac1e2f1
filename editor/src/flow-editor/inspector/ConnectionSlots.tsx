import type { FlowNode, NodeId, NodeManifest } from '@waybill/flow-model';
import { ArrowRight } from 'lucide-react';
import { useApiQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { Field, Select } from '../../ui/Field.tsx';
import { useEditor } from '../state/editor-store.ts';
import { useNodeEdit } from './use-node-edit.ts';

/** The connections of a node with another choice for one slot; an empty choice takes the slot away. */
function chosen(connections: FlowNode['connections'], slot: string, value: string): Record<string, string> {
  const { [slot]: _before, ...others } = connections ?? {};
  return value === '' ? others : { ...others, [slot]: value };
}

/** Which role, or which connection itself, each credential slot uses, and what the role is bound to here. */
export function ConnectionSlots({ id, node, manifest }: { id: NodeId; node: FlowNode; manifest: NodeManifest }) {
  const mayRead = useMay()('connections.read');
  const readOnly = useEditor((state) => state.readOnly);
  const slots = Object.entries(manifest.credentials);
  const needed = slots.length > 0 && mayRead;
  const roles = useApiQuery('listRoles', {}, { enabled: needed });
  const connections = useApiQuery('listConnections', { query: { limit: 200 } }, { enabled: needed });
  const { change } = useNodeEdit(id);
  const named = new Map((connections.data?.items ?? []).map((connection) => [connection.id, connection]));
  return slots.map(([slot, spec]) => {
    const bound = node.connections?.[slot] ?? spec.role ?? '';
    const role = roles.data?.items.find((entry) => entry.role === bound);
    const target = named.get(role?.connectionId ?? bound);
    const fitting = [...named.values()].filter((connection) => connection.type === spec.type);
    const roleNames = [
      ...new Set([...(roles.data?.items.map((entry) => entry.role) ?? []), ...(spec.role ? [spec.role] : [])]),
    ].filter((name) => {
      const connectionId = roles.data?.items.find((entry) => entry.role === name)?.connectionId;
      return !connectionId || named.get(connectionId)?.type === spec.type;
    });
    const known = bound === '' || roleNames.includes(bound) || named.has(bound);
    const options = [
      ...(spec.optional && !spec.role
        ? [{ value: '', label: 'None' }]
        : bound === ''
          ? [{ value: '', label: 'Choose…' }]
          : []),
      ...roleNames.map((name) => ({ value: name, label: `Role: ${name}` })),
      ...fitting.map((connection) => ({ value: connection.id, label: `Connection: ${connection.name}` })),
      ...(known ? [] : [{ value: bound, label: `Role: ${bound}` }]),
    ];
    return (
      <div key={slot} data-param="connections">
        <Field label={spec.label} optional={spec.optional}>
          {({ id: fieldId }) => (
            <>
              <Select
                id={fieldId}
                disabled={readOnly}
                options={options}
                value={bound}
                onChange={(value) =>
                  change(
                    (current) => ({ ...current, connections: chosen(current.connections, slot, value) }),
                    'Choose connection',
                    `connection ${slot}`,
                  )
                }
              />
              {!(spec.optional && bound === '') && (
                <p className={target || !roles.data ? 'slot' : 'slot slot--missing'}>
                  <ArrowRight size={13} aria-hidden />
                  {target
                    ? `${target.name} (${target.typeTitle})${target.lastTest ? (target.lastTest.ok ? ', works' : ', last test failed') : ''}`
                    : roles.data
                      ? bound
                        ? `“${bound}” is not bound to a connection in this environment.`
                        : 'No connection chosen.'
                      : mayRead
                        ? '…'
                        : bound}
                </p>
              )}
            </>
          )}
        </Field>
      </div>
    );
  });
}
