import type { Connection, ConnectionGauge, CredentialType } from '@waybill/api-contract';
import { Pencil, Trash2, TriangleAlert } from 'lucide-react';
import { Link } from '../../app/router.tsx';
import { Badge } from '../../ui/Badge.tsx';
import { IconButton } from '../../ui/Button.tsx';
import { RelativeTime } from '../../ui/Time.tsx';
import { GaugeCell } from './GaugeCell.tsx';
import { TestButton } from './TestButton.tsx';
import { typeIcon } from './type-icon.tsx';

const shownFlows = 3;

interface ConnectionRowProps {
  connection: Connection;
  type: CredentialType | undefined;
  gauge: ConnectionGauge | undefined;
  mayEdit: boolean;
  onTraffic: () => void;
  onEdit: () => void;
  onDelete: () => void;
}

/** One connection in the list: what it is, who needs it, how it goes at the moment. */
export function ConnectionRow({ connection, type, gauge, mayEdit, onTraffic, onEdit, onDelete }: ConnectionRowProps) {
  const { name, lastTest, roles, usedByFlows } = connection;
  const isTestable = type?.testable ?? false;
  return (
    <tr>
      <td>
        <span className="row connection-name">
          {typeIcon(type)}
          <span>
            <strong>{name}</strong>
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
          {roles.length === 0
            ? '–'
            : roles.map((role) => (
                <Badge key={role} tone="accent">
                  {role}
                </Badge>
              ))}
        </span>
      </td>
      <td className="connection-flows">
        {usedByFlows.length === 0
          ? '–'
          : usedByFlows.slice(0, shownFlows).map((flow) => (
              <Link key={flow.id} href={`/flows/${flow.id}`}>
                {flow.name}
              </Link>
            ))}
        {usedByFlows.length > shownFlows && <span className="muted">and {usedByFlows.length - shownFlows} more</span>}
      </td>
      <td className="connection-calls">
        {type?.receivesOnly ? (
          <span className="muted">only receives</span>
        ) : (
          <GaugeCell name={name} gauge={gauge} onOpen={onTraffic} />
        )}
      </td>
      <td>
        {lastTest ? (
          <span className="connection-tested__words" title={lastTest.what}>
            <Badge tone={lastTest.ok ? 'done' : 'failed'} dot>
              {lastTest.ok ? 'Works' : 'Fails'}
            </Badge>
            <span className="muted">
              <RelativeTime at={lastTest.at} />
            </span>
          </span>
        ) : (
          <span className="muted">{isTestable ? 'never' : 'no test'}</span>
        )}
      </td>
      <td className="muted nowrap connection-changed">
        <RelativeTime at={connection.updatedAt} />
      </td>
      <td className="table__actions">
        {isTestable && <TestButton connection={connection} />}
        {mayEdit && (
          <>
            <IconButton label={`Edit ${name}`} icon={Pencil} small onClick={onEdit} />
            <IconButton label={`Delete ${name}`} icon={Trash2} small onClick={onDelete} />
          </>
        )}
      </td>
    </tr>
  );
}
