import type { TaskDetail } from '@waybill/api-contract';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { useMe } from '../../api/session.ts';
import { IconButton } from '../../ui/Button.tsx';
import type { Question } from '../../ui/Confirm.tsx';
import { Confirm } from '../../ui/Confirm.tsx';
import { classNames } from '../../ui/class-names.ts';
import { RelativeTime } from '../../ui/Time.tsx';
import { CommentBox } from './CommentBox.tsx';
import { historyOf } from './history-words.ts';
import { showTask } from './refresh-tasks.ts';

/** What happened to the task, and the place to say something. */
export function TaskHistory({ task }: { task: TaskDetail }) {
  const me = useMe();
  const [question, setQuestion] = useState<Question | null>(null);
  const own = new Set(task.notes.filter((note) => note.by === me.user.id).map((note) => note.id));
  const remove = (noteId: string) =>
    setQuestion({
      title: 'Remove this comment?',
      about: 'Its words are deleted for good. The history keeps that you removed a comment.',
      confirm: 'Remove comment',
      danger: true,
      perform: async () => showTask(await api('removeTaskComment', { params: { taskId: task.id, noteId } })),
    });
  return (
    <section className="task-part" aria-labelledby={`history-${task.id}`}>
      <h2 id={`history-${task.id}`}>History</h2>
      <ol className="history">
        {historyOf(task).map((line) => (
          <li key={line.id} className={classNames('history__line', line.kind === 'comment' && 'history__line--said')}>
            <p className="history__head">
              <strong>{line.who}</strong> <span>{line.what}</span>{' '}
              <span className="muted">
                <RelativeTime at={line.at} />
              </span>
              {line.kind === 'comment' && own.has(line.id) && (
                <IconButton small icon={Trash2} label="Remove comment" onClick={() => remove(line.id)} />
              )}
            </p>
            {line.said && <p className="history__said">{line.said}</p>}
            {line.given?.map((words) => (
              <p key={words} className="history__said">
                {words}
              </p>
            ))}
          </li>
        ))}
      </ol>
      <CommentBox taskId={task.id} />
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </section>
  );
}
