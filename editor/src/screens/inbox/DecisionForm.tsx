import type { Task } from '@waybill/api-contract';
import { useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { isApiError, wordsOf } from '../../api/problem-words.ts';
import { keyOf } from '../../api/queries.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { TextAreaField } from '../../ui/Field.tsx';
import { FormControl } from '../../ui/FormControl.tsx';
import { focusFirstFault } from '../../ui/reveal.ts';
import { toast } from '../../ui/toasts.ts';
import { hiddenWords } from '../data/hidden-words.ts';
import type { FormField } from './decision-form.ts';
import { decisionMeans, formFaults, formToSend, labelOf, needsComment, startValues } from './decision-form.ts';
import { refreshTasks } from './refresh-tasks.ts';

const looks = { positive: 'primary', negative: 'danger', neutral: undefined } as const;

/** Fields, comment and one button per outcome; a dialog asks before anything is decided. */
export function DecisionForm({ task, onDecided }: { task: Task; onDecided: () => void }) {
  const { fields } = task.form;
  const [values, setValues] = useState(() => startValues(fields));
  const [comment, setComment] = useState('');
  const [tried, setTried] = useState<string | null>(null);
  const [asking, setAsking] = useState<string | null>(null);
  const [problem, setProblem] = useState<{ what: string; fix: string } | null>(null);
  const [busy, setBusy] = useState(false);
  const faults = tried === null ? {} : formFaults(fields, values);
  const commentMissing = tried !== null && needsComment(task, tried) && comment.trim() === '';
  const rule =
    task.commentRequired === 'always'
      ? 'A comment is required.'
      : task.commentRequired === 'on-reject'
        ? 'Required when you refuse.'
        : 'Optional. Whoever asked can read it.';

  const choose = (outcome: string) => {
    setTried(outcome);
    setProblem(null);
    const wrong = Object.keys(formFaults(fields, values)).length > 0;
    if (wrong || (needsComment(task, outcome) && comment.trim() === '')) return focusFirstFault();
    setAsking(outcome);
  };
  const decide = async () => {
    if (asking === null) return;
    setBusy(true);
    try {
      const words = comment.trim();
      const decided = await api('decideTask', {
        params: { taskId: task.id },
        body: {
          outcome: asking,
          form: formToSend(fields, values),
          round: task.round,
          ...(words ? { comment: words } : {}),
        },
      });
      onDecided();
      queryClient.setQueryData(keyOf('getTask', { params: { taskId: task.id } }), decided);
      toast(`Decided: ${labelOf(task, asking)}.`);
      void refreshTasks();
    } catch (error) {
      setProblem(wordsOf(error));
      // Somebody was quicker: show what they decided.
      if (['TASK_CLOSED', 'TASK_CLAIMED', 'EXCEPTION_CHANGED'].some((code) => isApiError(error, code))) {
        const { what } = wordsOf(error);
        toast(what, { tone: 'failed' });
        onDecided();
        void refreshTasks();
      }
    } finally {
      setBusy(false);
      setAsking(null);
    }
  };

  return (
    <section className="decide" aria-label="Decision">
      {fields.map((field) => (
        <FieldControl
          key={field.name}
          field={field}
          value={values[field.name]}
          fault={faults[field.name]}
          onChange={(value) => setValues({ ...values, [field.name]: value })}
        />
      ))}
      <TextAreaField
        label="Comment"
        rows={2}
        value={comment}
        help={rule}
        error={commentMissing ? 'Say why: this decision needs a comment.' : undefined}
        onChange={setComment}
      />
      {problem && (
        <p className="callout callout--failed" role="alert">
          {problem.what} {problem.fix}
        </p>
      )}
      <div className="row decide__outcomes">
        {task.outcomes.map((outcome) => {
          const look = looks[outcome.tone];
          return (
            <Button
              key={outcome.name}
              {...(look ? { look } : {})}
              data-tone={outcome.tone}
              disabled={busy}
              onClick={() => choose(outcome.name)}
            >
              {outcome.label}
            </Button>
          );
        })}
      </div>
      <Dialog
        open={asking !== null}
        onClose={() => setAsking(null)}
        title={asking === null ? '' : `${labelOf(task, asking)}?`}
        about={task.title}
        width={440}
        onSubmit={() => void decide()}
        foot={
          <>
            <Button onClick={() => setAsking(null)}>Back</Button>
            <Button
              type="submit"
              look={task.outcomes.find((one) => one.name === asking)?.tone === 'negative' ? 'danger-solid' : 'primary'}
              disabled={busy}
            >
              {asking === null ? '' : labelOf(task, asking)}
            </Button>
          </>
        }
      >
        <p>{asking === null ? '' : decisionMeans(task, asking)}</p>
      </Dialog>
    </section>
  );
}

interface FieldControlProps {
  field: FormField;
  value: string | boolean | undefined;
  fault: string | undefined;
  onChange: (value: string | boolean) => void;
}

function FieldControl({ field, ...rest }: FieldControlProps) {
  const options = (field.options ?? []).map((option) => ({ value: option, label: option }));
  return (
    <FormControl
      kind={field.kind}
      label={field.label}
      required={field.required === true && !field.masked}
      placeholder={field.masked ? hiddenWords : undefined}
      options={[{ value: '', label: 'Choose…' }, ...options]}
      {...rest}
    />
  );
}
