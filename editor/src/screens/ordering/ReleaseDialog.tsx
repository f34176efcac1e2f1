import type { BlockedKey } from '@waybill/api-contract';
import { useState } from 'react';
import { useApiMutation } from '../../api/queries.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { TextAreaField } from '../../ui/Field.tsx';
import { toast } from '../../ui/toasts.ts';

interface ReleaseDialogProps {
  held: Pick<BlockedKey, 'flowId' | 'orderingKey' | 'holder'>;
  onClose: () => void;
}

/** Asks before the next run of a key may overtake the one before it. */
export function ReleaseDialog({ held, onClose }: ReleaseDialogProps) {
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const release = useApiMutation('releaseKey', {
    refresh: ['listBlockedKeys', 'getQueuedBehind', 'listRuns'],
    onSuccess: () => {
      toast('The next run begins.');
      onClose();
    },
  });
  const missing = reason.trim() === '';
  const perform = () => {
    setTried(true);
    if (missing || release.isPending) return;
    const { flowId, orderingKey } = held;
    release.mutate({ body: { flowId, orderingKey, reason: reason.trim() } });
  };
  const { holder, orderingKey } = held;
  return (
    <Dialog
      open
      onClose={onClose}
      title="Let the next run go?"
      about={`The next run for “${orderingKey}” begins now, before this one is done. What they do in other systems may then happen in another order.`}
      onSubmit={perform}
      foot={
        <>
          <Button onClick={onClose}>Back</Button>
          <Button type="submit" look="primary" disabled={release.isPending}>
            Let the next one go
          </Button>
        </>
      }
    >
      <div className="stack">
        <p>
          <strong>{holder.businessKey ?? holder.runId}</strong> {holder.reason}. It goes on as before.
        </p>
        <TextAreaField
          label="Reason"
          rows={2}
          value={reason}
          help="Kept with the run and in the audit log."
          error={tried && missing ? 'Say why: others will read it.' : undefined}
          onChange={setReason}
        />
      </div>
    </Dialog>
  );
}
