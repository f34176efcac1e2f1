import type { TaskDetail as Task } from '@waybill/api-contract';
import { CircleHelp, ExternalLink } from 'lucide-react';
import { useState } from 'react';
import { isApiError } from '../../api/problem-words.ts';
import { useApiQuery } from '../../api/queries.ts';
import { useMe } from '../../api/session.ts';
import { useCrumb } from '../../app/crumb.ts';
import { Link, navigate } from '../../app/router.tsx';
import { MarkdownLight } from '../../flow-editor/canvas/MarkdownLight.tsx';
import { Button } from '../../ui/Button.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/States.tsx';
import { DecisionForm } from './DecisionForm.tsx';
import { labelOf } from './decision-form.ts';
import { TaskFacts } from './TaskFacts.tsx';
import { TaskFiles } from './TaskFiles.tsx';
import { TaskHead } from './TaskHead.tsx';
import { TaskHistory } from './TaskHistory.tsx';
import { nextTask } from './task-words.ts';

interface TaskDetailProps {
  taskId: string;
  /** The address names it; else it is only the first of the list. */
  isAddressed: boolean;
  listed: readonly string[];
  addressOf: (id: string) => string;
}

/** A task in business words, and the place to decide it. An address only opens it: nothing is decided by a link. */
export function TaskDetail({ taskId, isAddressed, listed, addressOf }: TaskDetailProps) {
  const query = useApiQuery('getTask', { params: { taskId } });
  // Kept while the list loses the task that was just decided.
  const [next, setNext] = useState<string | null>(null);
  if (!query.data || query.data.id !== taskId) {
    if (isApiError(query.error, 'NOT_FOUND')) return <NotYours />;
    return query.error ? (
      <ErrorState error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <SkeletonRows rows={8} />
    );
  }
  const task = query.data;
  // Somebody else may have closed it while it was looked at.
  const follows = next ?? (task.status === 'open' || listed.includes(taskId) ? null : nextTask(listed, taskId));
  return (
    <article className="task-detail">
      {isAddressed && <Named title={task.title} />}
      <TaskHead task={task} />
      {task.exception && <ExceptionWords exception={task.exception} />}
      {task.description && (
        <div className="task-detail__text">
          <MarkdownLight text={task.description} />
        </div>
      )}
      <TaskFacts task={task} />
      <Rights task={task} />
      {task.status === 'open' && task.origin === 'failure' ? (
        <OnTheDesk task={task} />
      ) : task.status === 'open' && task.mayDecide ? (
        <DecisionForm key={task.round} task={task} onDecided={() => setNext(nextTask(listed, taskId))} />
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
      <TaskFiles task={task} />
      <TaskHistory task={task} />
    </article>
  );
}

/** A run that failed is repaired where its values, its siblings and its run are at hand. */
function OnTheDesk({ task }: { task: Task }) {
  return (
    <div className="callout">
      <div>
        <strong>This is fixed on the exception desk.</strong>
        <p>Correct the values, have it tried again, or close it there.</p>
      </div>
      <Button look="primary" onClick={() => navigate(`/exceptions/${encodeURIComponent(task.id)}?view=list`)}>
        Fix it
      </Button>
    </div>
  );
}

function NotYours() {
  return (
    <EmptyState
      icon={CircleHelp}
      title="This task is not addressed to you"
      actions={<Button onClick={() => navigate('/inbox')}>Go to my inbox</Button>}
    >
      It belongs to other people, was handed on, or never existed. Nothing was decided. Ask whoever sent you the link.
    </EmptyState>
  );
}

/** Names the page by the task. */
function Named({ title }: { title: string }) {
  useCrumb(title);
  return null;
}

/** Whose right one would use, and who else handed theirs on; that one did so oneself is said where one would decide. */
function Rights({ task }: { task: Task }) {
  const { user } = useMe();
  const handedOn = task.delegations.filter((one) => one.from.id !== user.id);
  if (task.status !== 'open' || (task.decidesFor === null && handedOn.length === 0)) return null;
  return (
    <div className="callout callout--waiting">
      <div>
        {task.decidesFor && (
          <p>
            You decide <strong>for {task.decidesFor.name}</strong>. Both names stand in the history.
          </p>
        )}
        {handedOn.map((one) => (
          <p key={one.from.id}>
            {one.from.name} has handed the decision to {one.to.name}.
          </p>
        ))}
      </div>
    </div>
  );
}

function ExceptionWords({ exception }: { exception: NonNullable<Task['exception']> }) {
  const { subject, likelyCause, afterFix, links } = exception;
  return (
    <dl className="exception-words">
      {subject && (
        <>
          <dt>About</dt>
          <dd>
            {subject.kind} <strong>{subject.label}</strong>
          </dd>
        </>
      )}
      {likelyCause && (
        <>
          <dt>Likely cause</dt>
          <dd>{likelyCause}</dd>
        </>
      )}
      {afterFix && (
        <>
          <dt>Once fixed</dt>
          <dd>{afterFix}</dd>
        </>
      )}
      {links.length > 0 && (
        <>
          <dt>Look at</dt>
          <dd className="row">
            {links.map((link) =>
              link.url.startsWith('/') ? (
                <Link key={link.url} href={link.url}>
                  {link.label}
                </Link>
              ) : (
                <a key={link.url} href={link.url} target="_blank" rel="noreferrer">
                  {link.label} <ExternalLink size={12} aria-hidden />
                </a>
              ),
            )}
          </dd>
        </>
      )}
    </dl>
  );
}

function closedWords(task: Task): string {
  const last = task.decisions.at(-1);
  switch (task.status) {
    case 'decided':
      return last
        ? `${last.byName} decided${last.for ? ` for ${last.for.name}` : ''}: ${labelOf(task, last.outcome)}`
        : 'Decided';
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
