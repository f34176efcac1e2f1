import { Download, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, queryClient } from '../../api/client.ts';
import { useApiQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { Link } from '../../app/router.tsx';
import { StatusBadge } from '../../ui/Badge.tsx';
import { Button } from '../../ui/Button.tsx';
import type { Question } from '../../ui/Confirm.tsx';
import { Confirm } from '../../ui/Confirm.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { ErrorState, SkeletonRows } from '../../ui/States.tsx';
import { sizeWords } from '../../ui/size-words.ts';
import { RelativeTime } from '../../ui/Time.tsx';
import { toast } from '../../ui/toasts.ts';
import { CopyButton } from '../data/CopyButton.tsx';
import { removalWords, useWords } from './file-words.ts';

export const contentAddress = (fileId: string): string => `/api/v1/files/${encodeURIComponent(fileId)}/content`;
const moment = (at: number): string => new Date(at).toLocaleString();

/** All that is known of one file: where it came from, and which runs have to do with it. */
export function FileDrawer({ fileId, onClose }: { fileId: string; onClose: () => void }) {
  const may = useMay();
  const detail = useApiQuery('getFile', { params: { fileId } });
  const [question, setQuestion] = useState<Question | null>(null);
  const file = detail.data?.file;
  const ask = () => {
    if (!detail.data) return;
    const { title, about, isInUse } = removalWords(detail.data.file, detail.data.uses);
    setQuestion({
      title,
      about,
      confirm: 'Remove file',
      danger: true,
      async perform() {
        await api('removeFile', { params: { fileId }, query: { evenIfInUse: isInUse ? 'true' : 'false' } });
        toast(`“${detail.data?.file.name}” was removed.`);
        onClose();
        await queryClient.invalidateQueries({ queryKey: ['listFiles'] });
      },
    });
  };
  return (
    <Dialog
      open
      as="drawer"
      onClose={onClose}
      title={file?.name ?? 'File'}
      width={480}
      foot={
        file && (
          <>
            {may('files.remove') && (
              <Button look="danger" icon={Trash2} onClick={ask}>
                Remove
              </Button>
            )}
            <a className="btn btn--primary" href={contentAddress(file.id)} download={file.name}>
              <Download size={16} aria-hidden />
              Download
            </a>
          </>
        )
      }
    >
      {detail.error ? (
        <ErrorState error={detail.error} onRetry={() => void detail.refetch()} />
      ) : !detail.data || !file ? (
        <SkeletonRows rows={8} />
      ) : (
        <div className="stack file-detail">
          <dl>
            <dt>Folder</dt>
            <dd>{file.folder}</dd>
            <dt>Size</dt>
            <dd>
              {sizeWords(file.sizeBytes)}, {file.mediaType}
            </dd>
            <dt>From</dt>
            <dd>
              {file.byName}
              {file.came === 'drop' && <span className="muted"> on the server</span>}
            </dd>
            <dt>Arrived</dt>
            <dd>{moment(file.arrivedAt)}</dd>
            <dt>Kept</dt>
            <dd>
              {file.keptUntil === null ? 'until it is removed' : `until ${moment(file.keptUntil)}, longer while in use`}
            </dd>
            <dt>Path for steps</dt>
            <dd className="row">
              <code className="truncate" title={file.path}>
                {file.path}
              </code>
              <CopyButton text={file.path} label="Copy the path" />
            </dd>
            <dt>SHA-256</dt>
            <dd className="row">
              <code className="truncate" title={file.sha256}>
                {file.sha256}
              </code>
              <CopyButton text={file.sha256} label="Copy the SHA-256" />
            </dd>
          </dl>
          <h3>Runs</h3>
          {detail.data.uses.length === 0 ? (
            <p className="muted">No run had to do with this file.</p>
          ) : (
            <ul className="file-detail__uses">
              {detail.data.uses.map(({ how, at, run }) => (
                <li key={run.id} className="file-detail__use">
                  <span className="row">
                    <StatusBadge status={run.status} />
                    <Link href={`/runs/${encodeURIComponent(run.id)}`}>{run.flowName}</Link>
                  </span>
                  <span className="muted">
                    {useWords[how]}, <RelativeTime at={at} />
                  </span>
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </Dialog>
  );
}
