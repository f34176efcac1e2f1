import type { BulkReplayOptions, RunSummaryView, StepView } from '@waybill/api-contract';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { isShown, useApiQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { navigate } from '../../app/router.tsx';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { ReasonField } from '../../ui/ReasonField.tsx';
import { useSending } from '../../ui/sending.ts';
import { toast } from '../../ui/toasts.ts';
import { ReplayChoices } from '../bulk/ReplayChoices.tsx';
import { EditedInputField } from './EditedInputField.tsx';
import { useEditedInput } from './edited-input.ts';
import { ReplayWrites } from './ReplayWrites.tsx';

interface ReplayDialogProps {
  run: RunSummaryView;
  /** The step to begin at; null: the whole run. */
  step: StepView | null;
  onClose: () => void;
}

/** Asks how a run that is over is repeated as a new one, and shows what will be written before anything is. */
export function ReplayDialog({ run, step, onClose }: ReplayDialogProps) {
  const mayData = useMay()('runs.data');
  const [how, setHow] = useState<BulkReplayOptions>({ version: 'same', effects: 'skip-confirmed' });
  const [reason, setReason] = useState('');
  const input = useEditedInput(run.id, step);
  const sending = useSending();
  const params = { runId: run.id };
  const choice = { ...(step ? { from: step.step } : {}), ...how, ...input.toSend };
  // What was shown a moment ago must not be what is agreed to now.
  const fresh = { staleTime: 0, gcTime: 0, enabled: input.fault === null };
  const preview = useApiQuery('previewReplay', { params, body: choice }, fresh);

  const perform = async () => {
    const started = await api('replayRun', { params, body: { ...choice, reason: reason.trim() } });
    toast('The run is repeated as a new one.');
    onClose();
    navigate(`/runs/${encodeURIComponent(started.id)}`);
  };

  return (
    <FormDialog
      onClose={onClose}
      title={step ? `Repeat from “${step.title}”?` : 'Repeat the whole run?'}
      about="A new run is started. This one stays as it is."
      width={640}
      sending={sending}
      sound={reason.trim() !== '' && input.fault === null}
      perform={perform}
      act="Start the new run"
      // What is agreed to must be what is shown: not the preview of a choice before.
      blocked={input.fault === null && !isShown(preview)}
    >
      <ReplayChoices value={how} onChange={setHow} />
      {step && mayData && (
        <EditedInputField
          input={input}
          rows={8}
          help="The change is kept with the new run, beside the input it replaces."
        />
      )}
      <ReplayWrites preview={preview} />
      <ReasonField value={reason} tried={sending.tried} onChange={setReason} />
    </FormDialog>
  );
}
