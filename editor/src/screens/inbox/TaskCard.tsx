import type { Task } from '@waybill/api-contract';
import { CircleHelp, MessageSquare, Paperclip, Stamp, TriangleAlert, Wrench } from 'lucide-react';
import { Link } from '../../app/router.tsx';
import { Badge, StatusBadge } from '../../ui/Badge.tsx';
import { classNames } from '../../ui/class-names.ts';
import { RelativeTime } from '../../ui/Time.tsx';
import { Due, PriorityBadge } from './TaskMarks.tsx';
import { moneyWords } from './task-words.ts';

const icons = { approval: Stamp, fix: Wrench, 'in-doubt': CircleHelp, exception: TriangleAlert } as const;

interface TaskCardProps {
  task: Task;
  href: string;
  selected: boolean;
  /** To act on several at once, where that is offered. */
  tick?: { on: boolean; set: (on: boolean) => void } | undefined;
}

/** A task in the list: what, how much, until when, and who has it. */
export function TaskCard({ task, href, selected, tick }: TaskCardProps) {
  const Icon = icons[task.kind];
  const isOpen = task.status === 'open';
  const about = task.businessKey ? `${task.businessKey} · ${task.flowName}` : task.flowName;
  return (
    <li data-task={task.id} className={classNames('task-card', selected && 'task-card--on')}>
      <span className="task-card__side">
        <Icon size={16} aria-hidden className={`task-card__icon task-card__icon--${task.kind}`} />
        {tick && (
          <input
            type="checkbox"
            className={classNames('task-card__tick', tick.on && 'task-card__tick--on')}
            aria-label={`Select ${task.title}`}
            checked={tick.on}
            onChange={(event) => tick.set(event.target.checked)}
          />
        )}
      </span>
      <div className="task-card__body">
        <Link href={href} className="task-card__title" aria-current={selected ? 'true' : undefined}>
          {task.title}
        </Link>
        <div className="task-card__line muted">
          <span className="truncate" title={about}>
            {about}
          </span>
          {task.valueAtStake && <strong>{moneyWords(task.valueAtStake)}</strong>}
        </div>
        <div className="task-card__line">
          <span className="row task-card__marks">
            {isOpen ? <PriorityBadge priority={task.priority} /> : <StatusBadge status={task.status} />}
            {isOpen && <Due task={task} />}
            {isOpen && task.decidesFor && <Badge tone="accent">for {task.decidesFor.name}</Badge>}
          </span>
          <span className="muted task-card__facts">
            {task.comments > 0 && (
              <span title={`${task.comments} comments`}>
                <MessageSquare size={12} aria-hidden /> {task.comments}
              </span>
            )}
            {task.files > 0 && (
              <span title={`${task.files} files`}>
                <Paperclip size={12} aria-hidden /> {task.files}
              </span>
            )}
            {isOpen && task.assignee && <span className="truncate">{task.assignee.name}</span>}
            <RelativeTime at={task.closedAt ?? task.openedAt} />
          </span>
        </div>
      </div>
    </li>
  );
}
