import type { BulkReplayOptions, RunSummaryView, StepView } from '@waybill/api-contract';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { wordsOf } from '../../api/problem-words.ts';
import { useApiQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { navigate } from '../../app/router.tsx';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Switch, TextAreaField } from '../../ui/Field.tsx';
import { toast } from '../../ui/toasts.ts';
import { ReplayChoices } from '../bulk/ReplayChoices.tsx';
import { ChangeList } from '../data/ChangeList.tsx';
import { parseJson } from '../data/parse-json.ts';
import { valueChanges } from '../data/value-changes.ts';
import { ReplayWrites } from './ReplayWrites.tsx';
import { useStepData } from './use-run.ts';
import '../data/data.css';

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
  const [editing, setEditing] = useState(false);
  const [edited, setEdited] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const data = useStepData(run.id, step?.step ?? '', step?.seq ?? 0, editing && step !== null, true);
  const input = edited ?? (data.data ? JSON.stringify(data.data.input, null, 2) : '');
  const parsed = editing ? parseJson(input) : null;
  const isBroken = parsed !== null && !parsed.ok;
  const choice = {
    ...(step ? { from: step.step } : {}),
    ...how,
    ...(parsed?.ok && edited !== null ? { edited: parsed.value } : {}),
  };
  const preview = useApiQuery('previewReplay', { params: { runId: run.id }, body: choice }, { enabled: !isBroken });
  const missingReason = reason.trim() === '';

  const perform = async () => {
    setTried(true);
    if (missingReason || isBroken || busy || !preview.data) return;
    setBusy(true);
    try {
      const started = await api('replayRun', {
        params: { runId: run.id },
        body: { ...choice, reason: reason.trim() },
      });
      toast('The run is repeated as a new one.');
      onClose();
      navigate(`/runs/${encodeURIComponent(started.id)}`);
    } catch (error) {
      const { what, fix } = wordsOf(error);
      setProblem(`${what} ${fix}`);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title={step ? `Repeat from “${step.title}”?` : 'Repeat the whole run?'}
      about="A new run is started. This one stays as it is."
      width={640}
      onSubmit={() => void perform()}
      foot={
        <>
          <Button onClick={onClose}>Back</Button>
          <Button type="submit" look="primary" disabled={busy || !preview.data}>
            Start the new run
          </Button>
        </>
      }
    >
      <div className="stack">
        <ReplayChoices value={how} onChange={setHow} />
        {step && mayData && <Switch label="Change the input first" checked={editing} onChange={setEditing} />}
        {editing && (
          <>
            <TextAreaField
              label="Input"
              style={{ fontFamily: 'var(--font-mono)' }}
              rows={8}
              spellCheck={false}
              value={input}
              readOnly={!data.data}
              help="The change is kept with the new run, beside the input it replaces."
              error={isBroken && input !== '' ? parsed.what : undefined}
              onChange={setEdited}
            />
            {parsed?.ok && data.data && (
              <ChangeList label="What you change" changes={valueChanges(data.data.input, parsed.value)} />
            )}
          </>
        )}
        <ReplayWrites preview={preview} />
        <TextAreaField
          label="Reason"
          rows={2}
          value={reason}
          help="Kept with the run and in the audit log."
          error={tried && missingReason ? 'Say why: others will read it.' : undefined}
          onChange={setReason}
        />
        {problem && (
          <p className="callout callout--failed" role="alert">
            {problem}
          </p>
        )}
      </div>
    </Dialog>
  );
}
