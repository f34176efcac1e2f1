import type { Task } from '@waybill/api-contract';
import { Clock } from 'lucide-react';
import { Badge } from '../../ui/Badge.tsx';
import { useNow } from '../clock.tsx';
import { dueState, dueWords, priorityWords } from './task-words.ts';

export function Due({ task }: { task: Pick<Task, 'status' | 'dueAt'> }) {
  const now = useNow(task.status === 'open' && task.dueAt !== null);
  if (task.dueAt === null || dueWords(task, now) === '') return null;
  return (
    <span className={`due due--${dueState(task, now)}`} title={new Date(task.dueAt).toLocaleString()}>
      <Clock size={12} aria-hidden /> {dueWords(task, now)}
    </span>
  );
}

/** Shown where it is not as usual. */
export function PriorityBadge({ priority }: { priority: Task['priority'] }) {
  if (priority === 'normal') return null;
  const tone = priority === 'urgent' ? 'failed' : priority === 'high' ? 'waiting' : 'skipped';
  return <Badge tone={tone}>{priorityWords[priority]}</Badge>;
}
