import type { Task } from '@waybill/api-contract';
import { CircleHelp, Clock, Stamp, TriangleAlert, Wrench } from 'lucide-react';
import { Link } from '../../app/router.tsx';
import { StatusBadge } from '../../ui/Badge.tsx';
import { classNames } from '../../ui/class-names.ts';
import { RelativeTime } from '../../ui/Time.tsx';
import { useNow } from '../clock.tsx';
import { dueState, dueWords, moneyWords } from './task-words.ts';

const icons = { approval: Stamp, fix: Wrench, 'in-doubt': CircleHelp, exception: TriangleAlert } as const;

export function Due({ task }: { task: Pick<Task, 'status' | 'dueAt'> }) {
  const now = useNow(task.status === 'open' && task.dueAt !== null);
  if (task.dueAt === null || dueWords(task, now) === '') return null;
  return (
    <span className={`due due--${dueState(task, now)}`} title={new Date(task.dueAt).toLocaleString()}>
      <Clock size={12} aria-hidden /> {dueWords(task, now)}
    </span>
  );
}

/** A task in the list: what, how much, until when. */
export function TaskCard({ task, href, selected }: { task: Task; href: string; selected: boolean }) {
  const Icon = icons[task.kind];
  return (
    <li data-task={task.id} className={classNames('task-card', selected && 'task-card--on')}>
      <Icon size={16} aria-hidden className={`task-card__icon task-card__icon--${task.kind}`} />
      <div className="task-card__body">
        <Link href={href} className="task-card__title" aria-current={selected ? 'true' : undefined}>
          {task.title}
        </Link>
        <div className="task-card__line muted">
          <span className="truncate">
            {task.businessKey ? `${task.businessKey} · ` : ''}
            {task.flowName}
          </span>
          {task.valueAtStake && <strong>{moneyWords(task.valueAtStake)}</strong>}
        </div>
        <div className="task-card__line">
          {task.status === 'open' ? <Due task={task} /> : <StatusBadge status={task.status} />}
          <span className="muted">
            {task.assignee !== null && task.status === 'open' ? 'claimed · ' : ''}
            <RelativeTime at={task.closedAt ?? task.openedAt} />
          </span>
        </div>
      </div>
    </li>
  );
}
