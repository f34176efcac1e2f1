import type { RetriedWrite } from '@waybill/api-contract';
import { Badge } from '../../ui/Badge.tsx';
import { itemWords, writeLooks } from './write-words.ts';

type Write = Omit<RetriedWrite, 'runId' | 'items'> & { runId?: string | undefined; items?: readonly number[] };

/** Writes to other systems, each with what becomes of it and why. */
export function WriteRows({ writes }: { writes: readonly Write[] }) {
  return (
    <ul>
      {writes.map(({ runId = '', step, items = [], title, connection, verdict, why }) => (
        <li key={`${runId} ${step}`}>
          <Badge tone={writeLooks[verdict].tone}>{writeLooks[verdict].label}</Badge>
          <span>
            <strong>{title}</strong>
            {items.length > 0 && <span className="muted"> {itemWords(items)}</span>}
            {connection && <span className="muted"> in {connection.name ?? connection.binding}</span>}
            <span className="muted replay-writes__why">{why}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
