import { useQueryClient } from '@tanstack/react-query';
import type { RunSummaryView, StepView } from '@waybill/api-contract';
import type { JsonValue } from '@waybill/flow-model';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { wordsOf } from '../../api/problem-words.ts';
import { useMay } from '../../api/session.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Switch, TextAreaField } from '../../ui/Field.tsx';
import { toast } from '../../ui/toasts.ts';
import { ChangeList } from '../data/ChangeList.tsx';
import { parseJson } from '../data/parse-json.ts';
import { valueChanges } from '../data/value-changes.ts';
import '../data/data.css';
import type { RunAct, StepAct } from './run-acts.ts';
import { retryMeans } from './run-acts.ts';
import { useStepData } from './use-run.ts';

type AskedRunAct = Exclude<RunAct, 'take-back' | 'retry-run'>;
export type Act = { act: AskedRunAct } | { act: StepAct; step: StepView };

type Doubt = 'happened' | 'retry' | 'skip';
const doubts: readonly { value: Doubt; label: string; about: string }[] = [
  {
    value: 'happened',
    label: 'It happened',
    about: 'You saw the result in the other system. The run goes on; nothing is sent again.',
  },
  {
    value: 'retry',
    label: 'It did not happen',
    about: 'You checked that the other system has nothing. The step is sent once more.',
  },
  {
    value: 'skip',
    label: 'Go on without it',
    about: 'Nothing is sent. The next steps get what you give below, or nothing.',
  },
];

const words: Record<
  AskedRunAct | StepAct,
  { title: string; about: string; confirm: string; danger?: boolean; done: string }
> = {
  pause: {
    title: 'Pause this run?',
    about: 'Steps under way end; no further step starts until someone resumes the run. Timers keep their dates.',
    confirm: 'Pause run',
    done: 'The run pauses.',
  },
  resume: {
    title: 'Resume this run?',
    about: 'The run goes on where it stopped. Steps that were kept back are tried again.',
    confirm: 'Resume run',
    done: 'The run goes on.',
  },
  cancel: {
    title: 'Cancel this run?',
    about:
      'The run ends now. Open tasks and timers close. What was already written to other systems stays written, unless you have it taken back.',
    confirm: 'Cancel run',
    danger: true,
    done: 'The run is cancelled.',
  },
  retry: { title: 'Run this step again?', about: '', confirm: 'Run again', done: 'The step runs again.' },
  skip: {
    title: 'Go on without this step?',
    about: 'The step is not run. The run goes on by its first output with the value you give below, or with nothing.',
    confirm: 'Skip step',
    done: 'The run goes on without the step.',
  },
  resolve: {
    title: 'What became of this step?',
    about:
      'The connection broke after the request was sent and before an answer came. Look in the other system, then say what you found.',
    confirm: 'Record and go on',
    done: 'Recorded. The run goes on.',
  },
};

interface ActDialogProps {
  run: RunSummaryView;
  act: Act;
  onClose: () => void;
  onDone: () => void;
}

/** Asks before a run or a step is acted on, and says what will happen. */
export function ActDialog({ run, act, onClose, onDone }: ActDialogProps) {
  const client = useQueryClient();
  const look = words[act.act];
  const step = 'step' in act ? act.step : null;
  const [reason, setReason] = useState('');
  const [doubt, setDoubt] = useState<Doubt>('happened');
  const [editing, setEditing] = useState(false);
  const [edited, setEdited] = useState<string | null>(null);
  const [value, setValue] = useState('');
  const [problem, setProblem] = useState<{ what: string; fix: string } | null>(null);
  const [undo, setUndo] = useState(false);
  const [anew, setAnew] = useState(false);
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState(false);
  const mayData = useMay()('runs.data');
  const data = useStepData(run.id, step?.step ?? '', step?.seq ?? 0, act.act === 'retry' && mayData && editing, true);

  const input = edited ?? (data.data ? JSON.stringify(data.data.input, null, 2) : '');
  const parsedInput = editing ? parseJson(input) : null;
  const takesValue = act.act === 'skip' || (act.act === 'resolve' && doubt !== 'retry');
  const parsedValue = takesValue && value.trim() !== '' ? parseJson(value) : null;
  const needsReason = act.act === 'cancel' || act.act === 'skip' || act.act === 'resolve';
  const missingReason = needsReason && reason.trim() === '';
  const broken = (parsedInput && !parsedInput.ok) || (parsedValue && !parsedValue.ok);

  const perform = async () => {
    setTried(true);
    if (missingReason || broken || busy) return;
    setBusy(true);
    setProblem(null);
    try {
      await send();
      await client.invalidateQueries({ queryKey: ['countRuns'] });
      toast(look.done);
      onDone();
      onClose();
    } catch (error) {
      setProblem(wordsOf(error));
    } finally {
      setBusy(false);
    }
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
          body: { ...optional, ...(parsedInput?.ok ? { edited: parsedInput.value } : {}), ...(anew ? { anew } : {}) },
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
    <Dialog
      open
      onClose={onClose}
      title={look.title}
      about={act.act === 'retry' && step ? retryMeans(step) : look.about}
      width={act.act === 'retry' && editing ? 720 : 520}
      onSubmit={() => void perform()}
      foot={
        <>
          <Button onClick={onClose}>Back</Button>
          <Button type="submit" look={look.danger ? 'danger-solid' : 'primary'} disabled={busy}>
            {look.confirm}
          </Button>
        </>
      }
    >
      <div className="stack">
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
          <fieldset className="doubts" aria-label="What you found">
            {doubts.map((option) => (
              <label key={option.value} className="doubts__one">
                <input
                  type="radio"
                  name="doubt"
                  checked={doubt === option.value}
                  onChange={() => setDoubt(option.value)}
                />
                <span>
                  <strong>{option.label}</strong>
                  <span className="muted">{option.about}</span>
                </span>
              </label>
            ))}
          </fieldset>
        )}
        {act.act === 'retry' && mayData && (
          <>
            <Switch label="Change the input first" checked={editing} onChange={setEditing} />
            {editing && (
              <TextAreaField
                label="Input"
                style={{ fontFamily: 'var(--font-mono)' }}
                rows={12}
                spellCheck={false}
                value={input}
                readOnly={!data.data}
                help="The change is kept with the run, beside the input it replaces."
                error={parsedInput && !parsedInput.ok && input !== '' ? parsedInput.what : undefined}
                onChange={setEdited}
              />
            )}
            {editing && parsedInput?.ok && data.data && (
              <ChangeList label="What you change" changes={valueChanges(data.data.input, parsedInput.value)} />
            )}
          </>
        )}
        {act.act === 'retry' && !editing && step?.status === 'failed' && step.nodeType === 'core.call-flow' && (
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
            style={{ fontFamily: 'var(--font-mono)' }}
            rows={3}
            spellCheck={false}
            placeholder={'{ "id": "4711" }'}
            value={value}
            error={parsedValue && !parsedValue.ok ? parsedValue.what : undefined}
            onChange={setValue}
          />
        )}
        {act.act !== 'resume' && (
          <TextAreaField
            label={needsReason ? 'Reason' : 'Reason (optional)'}
            rows={2}
            value={reason}
            help="Kept with the run and in the audit log."
            error={tried && missingReason ? 'Say why: others will read it.' : undefined}
            onChange={setReason}
          />
        )}
        {problem && (
          <p className="callout callout--failed" role="alert">
            {problem.what} {problem.fix}
          </p>
        )}
      </div>
    </Dialog>
  );
}
