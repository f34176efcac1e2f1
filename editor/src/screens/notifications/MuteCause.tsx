import { BellOff } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { Button } from '../../ui/Button.tsx';
import { toast, toastError } from '../../ui/toasts.ts';
import { addMute, refreshMutes } from './mutes.ts';

/** Hears no more of problems with this cause, until it is undone under Settings. */
export function MuteCause({ fingerprint, title }: { fingerprint: string; title: string }) {
  const [busy, setBusy] = useState(false);
  const mute = async () => {
    setBusy(true);
    try {
      const rule = { subject: 'fingerprint', value: fingerprint, label: title.slice(0, 200), until: null } as const;
      const { id } = await addMute(rule);
      const undo = () => void api('removeMute', { params: { muteId: id } }).then(refreshMutes, toastError);
      toast('You are not told of this cause any more. Settings lists what you muted.', {
        action: { label: 'Undo', perform: undo },
      });
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button small look="ghost" icon={BellOff} disabled={busy} onClick={() => void mute()}>
      Do not tell me of this cause
    </Button>
  );
}
