import { RotateCw, X } from 'lucide-react';
import { Link } from '../app/router.tsx';
import { Badge } from '../ui/Badge.tsx';
import { Button, IconButton } from '../ui/Button.tsx';
import { sizeWords } from '../ui/size-words.ts';
import type { Upload } from './uploads.ts';
import { isUnderWay, useUploads } from './uploads.ts';
import './files.css';

/** How far each file is on its way, with what became of it. */
export function UploadList({ uploads }: { uploads: readonly Upload[] }) {
  const drop = useUploads((state) => state.drop);
  if (uploads.length === 0) return null;
  return (
    <ul className="sheet uploads" aria-label="Uploads">
      {uploads.map((upload) => (
        <UploadLine key={upload.id} upload={upload} onDrop={() => drop(upload.id)} />
      ))}
    </ul>
  );
}

function UploadLine({ upload, onDrop }: { upload: Upload; onDrop: () => void }) {
  const again = useUploads((state) => state.again);
  const { file, folder, sentBytes, state, problem } = upload;
  const share = file.size === 0 ? 0 : Math.min(1, sentBytes / file.size);
  // The last byte is sent before the file is safe and its flows have started.
  const isBeingKept = state === 'sending' && share === 1;
  return (
    <li className="uploads__one" data-state={state}>
      <span className="uploads__name">
        <strong className="truncate" title={file.name}>
          {file.name}
        </strong>
        <span className="muted nowrap">to {folder}</span>
      </span>
      <span className="uploads__way" role="status">
        {state === 'waiting' && <span className="muted">Waits for its turn</span>}
        {state === 'sending' && (
          <>
            <progress aria-label={`${file.name} sent`} max={1} value={share} />
            <span className="nowrap">
              {isBeingKept ? 'Being kept…' : `${sizeWords(sentBytes)} of ${sizeWords(file.size)}`}
            </span>
          </>
        )}
        {state === 'done' && <Arrived upload={upload} />}
        {state === 'failed' && problem && (
          <span className="uploads__problem">
            <strong>{problem.what}</strong> {problem.fix}
          </span>
        )}
      </span>
      <span className="row uploads__acts">
        {problem?.again && (
          <Button small icon={RotateCw} onClick={() => again(upload.id)}>
            Send again
          </Button>
        )}
        <IconButton
          small
          icon={X}
          label={isUnderWay(upload) ? `Cancel the upload of ${file.name}` : `Take ${file.name} off this list`}
          onClick={onDrop}
        />
      </span>
    </li>
  );
}

function Arrived({ upload: { added } }: { upload: Upload }) {
  const started = added?.started ?? [];
  const fresh = started.filter(({ duplicate }) => !duplicate);
  return (
    <>
      <Badge tone="done" dot>
        Arrived
      </Badge>
      {fresh.map(({ runId }) => (
        <Link key={runId} href={`/runs/${encodeURIComponent(runId)}`}>
          Open the run it started
        </Link>
      ))}
      {started.length > fresh.length && <span className="muted">The same content was here before</span>}
    </>
  );
}
