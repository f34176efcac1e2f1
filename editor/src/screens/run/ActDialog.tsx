import { useQueryClient } from '@tanstack/react-query';
import type { RunSummaryView, StepView } from '@waybill/api-contract';
import type { JsonValue } from '@waybill/flow-model';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { Switch, TextAreaField } from '../../ui/Field.tsx';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { RadioCards } from '../../ui/RadioCards.tsx';
import { ReasonField } from '../../ui/ReasonField.tsx';
import { useSending } from '../../ui/sending.ts';
import { toast } from '../../ui/toasts.ts';
import { parseJson } from '../data/parse-json.ts';
import type { AskedRunAct, Doubt } from './act-words.ts';
import { actWords, doubts } from './act-words.ts';
import { EditedInputField } from './EditedInputField.tsx';
import { useEditedInput } from './edited-input.ts';
import type { StepAct } from './run-acts.ts';
import { retryMeans } from './run-acts.ts';

export type Act = { act: AskedRunAct } | { act: StepAct; step: StepView };

interface ActDialogProps {
  run: RunSummaryView;
  act: Act;
  onClose: () => void;
  onDone: () => void;
}

/** Asks before a run or a step is acted on, and says what will happen. */
export function ActDialog({ run, act, onClose, onDone }: ActDialogProps) {
  const client = useQueryClient();
  const sending = useSending();
  const look = actWords[act.act];
  const step = 'step' in act ? act.step : null;
  const [reason, setReason] = useState('');
  const [doubt, setDoubt] = useState<Doubt>('happened');
  const [value, setValue] = useState('');
  const [undo, setUndo] = useState(false);
  const [anew, setAnew] = useState(false);
  const mayEdit = useMay()('runs.data') && act.act === 'retry';
  const input = useEditedInput(run.id, step);

  const takesValue = act.act === 'skip' || (act.act === 'resolve' && doubt !== 'retry');
  const parsedValue = takesValue && value.trim() !== '' ? parseJson(value) : null;
  const needsReason = act.act === 'cancel' || act.act === 'skip' || act.act === 'resolve';
  const isReasoned = !needsReason || reason.trim() !== '';

  const perform = async () => {
    await send();
    await client.invalidateQueries({ queryKey: ['countRuns'] });
    toast(look.done);
    onDone();
    onClose();
  };
  const send = () => {
    const ofRun = { params: { runId: run.id } };
    const ofStep = { params: { runId: run.id, step: step?.step ?? '' } };
    const why = reason.trim();
    const optional = why ? { reason: why } : {};
    const given: { value?: JsonValue } = parsedValue?.ok ? { value: parsedValue.value } : {};
    switch (act.act) {
      case 'pause':
        return api('pauseRun', { ...ofRun, body: optional });
      case 'resume':
        return api('resumeRun', { ...ofRun, body: {} });
      case 'cancel':
        return api('cancelRun', { ...ofRun, body: { reason: why, ...(undo ? { undo } : {}) } });
      case 'retry':
        return api('retryStep', {
          ...ofStep,
          body: { ...optional, ...input.toSend, ...(anew ? { anew } : {}) },
        });
      case 'skip':
        return api('skipStep', { ...ofStep, body: { reason: why, ...given } });
      case 'resolve':
        return api('resolveInDoubt', { ...ofStep, body: { decision: doubt, reason: why, ...given } });
      default:
        return act satisfies never;
    }
  };

  return (
    <FormDialog
      onClose={onClose}
      title={look.title}
      about={act.act === 'retry' && step ? retryMeans(step) : look.about}
      width={input.editing ? 720 : 520}
      sending={sending}
      sound={isReasoned && input.fault === null && parsedValue?.ok !== false}
      perform={perform}
      act={look.confirm}
      danger={look.danger ?? false}
    >
      {step && (
        <p>
          Step <strong>{step.title}</strong>
          {run.businessKey && (
            <>
              {' '}
              of <strong>{run.businessKey}</strong>
            </>
          )}
        </p>
      )}
      {act.act === 'resolve' && (
        <RadioCards label="What you found" value={doubt} options={doubts} onChange={setDoubt} />
      )}
      {mayEdit && (
        <EditedInputField
          input={input}
          rows={12}
          help="The change is kept with the run, beside the input it replaces."
        />
      )}
      {act.act === 'retry' && !input.editing && step?.status === 'failed' && step.nodeType === 'core.call-flow' && (
        <Switch
          label="Call it anew: another run, which writes nothing again that the failed one wrote with the same data"
          checked={anew}
          onChange={setAnew}
        />
      )}
      {act.act === 'cancel' && (
        <Switch label="Take back what it did, as far as it can be" checked={undo} onChange={setUndo} />
      )}
      {takesValue && (
        <TextAreaField
          label={
            act.act === 'resolve' && doubt === 'happened'
              ? 'What the other system answered (JSON, optional)'
              : 'Output instead (JSON, optional)'
          }
          className="input--mono"
          rows={3}
          spellCheck={false}
          placeholder={'{ "id": "4711" }'}
          value={value}
          error={parsedValue && !parsedValue.ok ? parsedValue.what : undefined}
          onChange={setValue}
        />
      )}
      {act.act !== 'resume' && (
        <ReasonField value={reason} tried={sending.tried} optional={!needsReason} onChange={setReason} />
      )}
    </FormDialog>
  );
}
