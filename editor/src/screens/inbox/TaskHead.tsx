import type { TaskDetail } from '@waybill/api-contract';
import { useMay } from '../../api/session.ts';
import { Link } from '../../app/router.tsx';
import { Badge, StatusBadge } from '../../ui/Badge.tsx';
import { RelativeTime } from '../../ui/Time.tsx';
import { AboutLink } from '../about/AboutLink.tsx';
import { TaskActs } from './TaskActs.tsx';
import { Due, PriorityBadge } from './TaskMarks.tsx';
import { askedWords, moneyWords } from './task-words.ts';

/** What is asked, how pressing it is, and who has it. */
export function TaskHead({ task }: { task: TaskDetail }) {
  const may = useMay();
  const isOpen = task.status === 'open';
  return (
    <header className="task-detail__head">
      <div className="row spread task-detail__bar">
        <span className="row">
          <StatusBadge status={task.status} />
          {isOpen && <PriorityBadge priority={task.priority} />}
          <Due task={task} />
          {isOpen && task.needed > 1 && (
            <Badge tone="accent">
              {task.decisions.length} of {task.needed} decided
            </Badge>
          )}
        </span>
        <TaskActs task={task} />
      </div>
      <h1>{task.title}</h1>
      {task.valueAtStake && (
        <p className="task-detail__stake">
          {moneyWords(task.valueAtStake)} <span className="muted">at stake</span>
        </p>
      )}
      <p className="muted task-detail__from">
        {task.businessKey && <AboutLink businessKey={task.businessKey} />}
        <span>
          {may('runs.read') && task.runId ? (
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
        {isOpen && task.assignee && (
          <span>
            with <strong>{task.assignee.name}</strong>
          </span>
        )}
        {isOpen && task.expiresAt !== null && (
          <span title={new Date(task.expiresAt).toLocaleString()}>
            ends undecided <RelativeTime at={task.expiresAt} />
          </span>
        )}
      </p>
    </header>
  );
}
