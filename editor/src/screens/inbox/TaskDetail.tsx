import type { Task } from '@waybill/api-contract';
import { Hand, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { useApiQuery } from '../../api/queries.ts';
import { useMay, useMe } from '../../api/session.ts';
import { Link, navigate } from '../../app/router.tsx';
import { MarkdownLight } from '../../flow-editor/canvas/MarkdownLight.tsx';
import { Badge, StatusBadge } from '../../ui/Badge.tsx';
import { Button } from '../../ui/Button.tsx';
import { ErrorState, SkeletonRows } from '../../ui/States.tsx';
import { RelativeTime } from '../../ui/Time.tsx';
import { toastError } from '../../ui/toasts.ts';
import { DecisionForm } from './DecisionForm.tsx';
import { labelOf } from './decision-form.ts';
import { refreshTasks } from './refresh-tasks.ts';
import { Due } from './TaskCard.tsx';
import { askedWords, factWords, moneyWords, nextTask } from './task-words.ts';

interface TaskDetailProps {
  taskId: string;
  listed: readonly string[];
  addressOf: (id: string) => string;
}

/** A task in business words, and the place to decide it. */
export function TaskDetail({ taskId, listed, addressOf }: TaskDetailProps) {
  const query = useApiQuery('getTask', { params: { taskId } });
  // Kept while the list loses the task that was just decided.
  const [next, setNext] = useState<string | null>(null);
  if (!query.data || query.data.id !== taskId)
    return query.error ? (
      <ErrorState error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <SkeletonRows rows={8} />
    );
  const task = query.data;
  // Somebody else may have closed it while it was looked at.
  const follows = next ?? (task.status === 'open' || listed.includes(taskId) ? null : nextTask(listed, taskId));
  return (
    <article className="task-detail">
      <TaskHead task={task} />
      {task.description && (
        <div className="task-detail__text">
          <MarkdownLight text={task.description} />
        </div>
      )}
      {task.facts.length > 0 && (
        <table className="facts" aria-label="Facts">
          <tbody>
            {task.facts.map((fact) => (
              <tr key={fact.label}>
                <th scope="row">{fact.label}</th>
                <td>{factWords(fact.value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {task.decisions.length > 0 && <Decisions task={task} />}
      {task.status === 'open' && task.mayDecide ? (
        <DecisionForm task={task} onDecided={() => setNext(nextTask(listed, taskId))} />
      ) : (
        <div className={task.status === 'decided' ? 'callout callout--done' : 'callout'}>
          <div>
            <strong>{closedWords(task)}</strong>
            {task.status === 'open' && <p>{task.whyNot ?? 'You may look at this task, but not decide it.'}</p>}
          </div>
          {follows !== null && (
            <Button look="primary" onClick={() => navigate(addressOf(follows), { replace: true })}>
              Next task
            </Button>
          )}
        </div>
      )}
    </article>
  );
}

function closedWords(task: Task): string {
  const last = task.decisions.at(-1);
  switch (task.status) {
    case 'decided':
      return last ? `${last.byName} decided: ${labelOf(task, last.outcome)}` : 'Decided';
    case 'expired':
      return 'Nobody decided in time; the flow went on without.';
    case 'cancelled':
      return 'The run ended, so there is nothing to decide any more.';
    case 'open':
      return task.decisions.length > 0 ? `${task.decisions.length} of ${task.needed} decided` : 'Waiting for others';
    default:
      return task.status satisfies never;
  }
}

function TaskHead({ task }: { task: Task }) {
  const may = useMay();
  const me = useMe();
  const [busy, setBusy] = useState(false);
  const mine = task.assignee?.id === me.user.id;
  const claim = async (take: boolean) => {
    setBusy(true);
    try {
      await api('claimTask', { params: { taskId: task.id }, body: { claim: take } });
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
      void refreshTasks();
    }
  };
  return (
    <header className="task-detail__head">
      <div className="row spread">
        <span className="row">
          <StatusBadge status={task.status} />
          <Due task={task} />
          {task.status === 'open' && task.needed > 1 && (
            <Badge tone="accent">
              {task.decisions.length} of {task.needed} decided
            </Badge>
          )}
        </span>
        {task.status === 'open' && may('tasks.decide') && (
          <span className="row">
            {mine ? (
              <Button small icon={Undo2} disabled={busy} onClick={() => void claim(false)}>
                Give back
              </Button>
            ) : (
              task.assignee === null && (
                <Button small icon={Hand} data-act="claim" disabled={busy} onClick={() => void claim(true)}>
                  Claim
                </Button>
              )
            )}
          </span>
        )}
      </div>
      <h1>{task.title}</h1>
      {task.valueAtStake && (
        <p className="task-detail__stake">
          {moneyWords(task.valueAtStake)} <span className="muted">at stake</span>
        </p>
      )}
      <p className="muted task-detail__from">
        {task.businessKey && <strong>{task.businessKey}</strong>}
        <span>
          {may('runs.read') ? (
            <Link href={`/runs/${encodeURIComponent(task.runId)}?step=${encodeURIComponent(task.step)}`}>
              {task.flowName}
            </Link>
          ) : (
            task.flowName
          )}
        </span>
        <span>
          asked <RelativeTime at={task.openedAt} />
        </span>
        <span>of {askedWords(task)}</span>
      </p>
    </header>
  );
}

function Decisions({ task }: { task: Task }) {
  return (
    <ul className="decisions" aria-label="Decisions">
      {task.decisions.map((decision) => {
        const tone = task.outcomes.find((one) => one.name === decision.outcome)?.tone;
        return (
          <li key={`${decision.by}-${decision.at}`}>
            <span className="row">
              <strong>{decision.byName}</strong>
              <Badge tone={tone === 'positive' ? 'done' : tone === 'negative' ? 'failed' : undefined}>
                {labelOf(task, decision.outcome)}
              </Badge>
              <span className="muted">
                <RelativeTime at={decision.at} />
              </span>
            </span>
            {decision.comment && <p>“{decision.comment}”</p>}
          </li>
        );
      })}
    </ul>
  );
}
