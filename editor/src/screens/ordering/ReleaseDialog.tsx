import type { BlockedKey } from '@waybill/api-contract';
import { useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { ReasonField } from '../../ui/ReasonField.tsx';
import { useSending } from '../../ui/sending.ts';
import { toast } from '../../ui/toasts.ts';

interface ReleaseDialogProps {
  held: Pick<BlockedKey, 'flowId' | 'orderingKey' | 'holder'>;
  onClose: () => void;
}

/** Asks before the next run of a key may overtake the one before it. */
export function ReleaseDialog({ held, onClose }: ReleaseDialogProps) {
  const [reason, setReason] = useState('');
  const sending = useSending();
  const { holder, flowId, orderingKey } = held;
  const release = async () => {
    const { runId, status } = holder;
    await api('releaseKey', { body: { flowId, orderingKey, holder: { runId, status }, reason: reason.trim() } });
    const stale = ['listBlockedKeys', 'getQueuedBehind', 'listRuns'];
    await Promise.all(stale.map((route) => queryClient.invalidateQueries({ queryKey: [route] })));
    toast('The next run begins.');
    onClose();
  };
  return (
    <FormDialog
      onClose={onClose}
      title="Let the next run go?"
      about={`The next run for “${orderingKey}” begins now, before this one is done. What they do in other systems may then happen in another order.`}
      sending={sending}
      sound={reason.trim() !== ''}
      perform={release}
      act="Let the next one go"
    >
      <p>
        <strong>{holder.businessKey ?? holder.runId}</strong> {holder.reason}. It goes on as before.
      </p>
      <ReasonField value={reason} tried={sending.tried} onChange={setReason} />
    </FormDialog>
  );
}
