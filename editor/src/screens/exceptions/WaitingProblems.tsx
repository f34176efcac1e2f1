import type { ComponentProps } from 'react';
import { useState } from 'react';
import { useApiQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { Button } from '../../ui/Button.tsx';
import { ResolveAllDialog } from './ResolveAllDialog.tsx';

interface OfferProps {
  words: string;
  offer: string;
  of: ComponentProps<typeof ResolveAllDialog>['of'];
  reason: string;
}

function Offer({ words, offer, of, reason }: OfferProps) {
  const [open, setOpen] = useState(false);
  return (
    <div className="callout callout--waiting row spread" role="status">
      <strong>{words}</strong>
      <Button small onClick={() => setOpen(true)}>
        {offer}
      </Button>
      {open && <ResolveAllDialog of={of} act={{ act: 'retry' }} reason={reason} onClose={() => setOpen(false)} />}
    </div>
  );
}

const problems = (count: number): string => `${count} waiting ${count === 1 ? 'exception' : 'exceptions'}`;

/** Offers to go on with what lacked a row of this table and has it now. `savedTimes` asks anew after each save. */
export function TableWaiting({ name, savedTimes }: { name: string; savedTimes: number }) {
  const mayAct = useMay()('tasks.decide');
  const ready = useApiQuery(
    'readyAfterTable',
    { params: { name } },
    { enabled: mayAct, queryHash: `${name} ${savedTimes}` },
  );
  const count = ready.data?.ready ?? 0;
  if (!mayAct || count === 0) return null;
  return (
    <Offer
      words={`${problems(count)} can go on with this table.`}
      offer={`Resolve ${problems(count)}`}
      of={{ filter: {}, rowsOf: name }}
      reason={`The table ${name} has the row now.`}
    />
  );
}

/** Offers to go on with what waits for this connection, once it works again. */
export function ConnectionWaiting({ connectionId }: { connectionId: string }) {
  const mayAct = useMay()('tasks.decide');
  const tag = `connection:${connectionId}`;
  const waiting = useApiQuery('countExceptions', { query: { tag } }, { enabled: mayAct });
  const open = waiting.data?.open ?? 0;
  if (!mayAct || open === 0) return null;
  return (
    <Offer
      words={`${problems(open)} of this connection.`}
      offer={`Try ${open} again`}
      of={{ filter: { tag } }}
      reason="The connection works again."
    />
  );
}
