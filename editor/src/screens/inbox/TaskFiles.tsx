import type { TaskDetail } from '@waybill/api-contract';
import { attachmentMaxBytes } from '@waybill/api-contract';
import { Download, Paperclip, Trash2 } from 'lucide-react';
import type { DragEvent } from 'react';
import { useRef, useState } from 'react';
import { api } from '../../api/client.ts';
import { useMay, useMe } from '../../api/session.ts';
import { Button, IconButton } from '../../ui/Button.tsx';
import type { Question } from '../../ui/Confirm.tsx';
import { Confirm } from '../../ui/Confirm.tsx';
import { classNames } from '../../ui/class-names.ts';
import { sizeWords } from '../../ui/size-words.ts';
import { RelativeTime } from '../../ui/Time.tsx';
import { toast, toastError } from '../../ui/toasts.ts';
import { showTask } from './refresh-tasks.ts';

/** Papers that belong to the decision; dropped or chosen. */
export function TaskFiles({ task }: { task: TaskDetail }) {
  const me = useMe();
  const may = useMay();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [sending, setSending] = useState<string | null>(null);
  const [question, setQuestion] = useState<Question | null>(null);
  const canAttach = task.status === 'open' && may('tasks.decide');
  const params = { taskId: task.id };

  const attach = async (files: readonly File[]) => {
    for (const file of files) {
      if (file.size > attachmentMaxBytes) {
        toast(`“${file.name}” is larger than ${sizeWords(attachmentMaxBytes)}. Attach a smaller file.`, {
          tone: 'failed',
        });
        continue;
      }
      setSending(file.name);
      try {
        const body = new Uint8Array(await file.arrayBuffer());
        showTask(await api('attachToTask', { params, query: { id: crypto.randomUUID(), name: file.name }, body }));
      } catch (error) {
        toastError(error);
      }
    }
    setSending(null);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void attach([...event.dataTransfer.files]);
  };
  const remove = (file: TaskDetail['attachments'][number]) =>
    setQuestion({
      title: `Remove “${file.name}”?`,
      about: 'Nobody can save it from here any more. The history keeps that it was attached and removed.',
      confirm: 'Remove file',
      danger: true,
      perform: async () =>
        showTask(await api('removeTaskAttachment', { params: { ...params, attachmentId: file.id } })),
    });
  if (!canAttach && task.attachments.length === 0) return null;
  return (
    <section
      className={classNames('task-part', over && 'task-part--over')}
      aria-labelledby={`files-${task.id}`}
      {...(canAttach
        ? {
            onDragOver: (event: DragEvent) => {
              event.preventDefault();
              setOver(true);
            },
            onDragLeave: () => setOver(false),
            onDrop: drop,
          }
        : {})}
    >
      <div className="row spread">
        <h2 id={`files-${task.id}`}>Files</h2>
        {canAttach && (
          <>
            <input
              ref={input}
              type="file"
              multiple
              hidden
              aria-label="Files to attach"
              onChange={(event) => {
                void attach([...(event.target.files ?? [])]);
                event.target.value = '';
              }}
            />
            <Button small icon={Paperclip} disabled={sending !== null} onClick={() => input.current?.click()}>
              Attach
            </Button>
          </>
        )}
      </div>
      <ul className="files">
        {task.attachments.map((file) => (
          <li key={file.id} className="files__one">
            <Paperclip size={14} aria-hidden />
            <a
              className="truncate"
              href={`/api/v1/tasks/${encodeURIComponent(task.id)}/attachments/${encodeURIComponent(file.id)}`}
              download={file.name}
            >
              {file.name}
            </a>
            <span className="muted nowrap">
              {sizeWords(file.sizeBytes)} · {file.byName}, <RelativeTime at={file.at} />
            </span>
            <Download size={14} aria-hidden className="muted" />
            {canAttach && file.by === me.user.id && (
              <IconButton small icon={Trash2} label={`Remove ${file.name}`} onClick={() => remove(file)} />
            )}
          </li>
        ))}
      </ul>
      <p className="muted files__hint" role="status">
        {sending
          ? `Attaching “${sending}” …`
          : canAttach && `Drop files here, up to ${sizeWords(attachmentMaxBytes)} each.`}
      </p>
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </section>
  );
}
