import type { StoredFile } from '@waybill/api-contract';
import { FileUp, FolderOpen, SearchX } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { api } from '../api/client.ts';
import { useMay } from '../api/session.ts';
import { usePages } from '../screens/use-pages.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { SearchBox } from '../ui/Field.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/States.tsx';
import { sizeWords } from '../ui/size-words.ts';
import { RelativeTime } from '../ui/Time.tsx';
import { UploadDialog } from './UploadDialog.tsx';
import { UploadList } from './UploadList.tsx';
import { isUnderWay, useUploads } from './uploads.ts';
import './files.css';

interface FilePickerProps {
  onChoose: (file: StoredFile) => void;
  onClose: () => void;
}

/** Chooses one of the files that came in, or brings in a new one. */
export function FilePicker({ onChoose, onClose }: FilePickerProps) {
  const may = useMay();
  const [text, setText] = useState('');
  const [adding, setAdding] = useState(false);
  const uploads = useUploads((state) => state.uploads);
  const searched = useDeferredValue(text.trim());
  const pages = usePages<StoredFile>(['listFiles', 'picker', searched], (cursor) =>
    api('listFiles', { query: { limit: 20, ...(searched ? { text: searched } : {}), ...(cursor ? { cursor } : {}) } }),
  );
  const choose = (file: StoredFile) => {
    onChoose(file);
    onClose();
  };
  if (adding)
    return <UploadDialog folder="inbox" single onClose={() => setAdding(false)} onDone={({ file }) => choose(file)} />;
  const upload = may('files.add') && (
    <Button icon={FileUp} onClick={() => setAdding(true)}>
      Upload a file
    </Button>
  );
  return (
    <Dialog
      open
      onClose={onClose}
      title="Choose a file"
      width={560}
      foot={
        <>
          {upload}
          <Button onClick={onClose}>Cancel</Button>
        </>
      }
    >
      <div className="stack">
        <SearchBox label="Search files" value={text} onChange={setText} />
        <UploadList uploads={uploads.filter((one) => isUnderWay(one) || one.state === 'failed')} />
        {pages.data === undefined ? (
          pages.error ? (
            <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />
          ) : (
            <SkeletonRows rows={5} />
          )
        ) : pages.data.length === 0 ? (
          searched ? (
            <EmptyState icon={SearchX} title="No file matches">
              Try fewer letters.
            </EmptyState>
          ) : (
            <EmptyState icon={FolderOpen} title="No file has come in yet">
              Upload one to go on.
            </EmptyState>
          )
        ) : (
          <ul className="file-choice" aria-label="Files">
            {pages.data.map((file) => (
              <li key={file.id}>
                <button type="button" onClick={() => choose(file)}>
                  <strong className="truncate">{file.name}</strong>
                  <span className="muted truncate">
                    {file.folder} · {sizeWords(file.sizeBytes)} · {file.byName}, <RelativeTime at={file.arrivedAt} />
                  </span>
                </button>
              </li>
            ))}
          </ul>
        )}
        {pages.hasMore && (
          <Button small disabled={pages.loadingMore} onClick={pages.loadMore}>
            {pages.loadingMore ? 'Loading…' : 'Show more'}
          </Button>
        )}
      </div>
    </Dialog>
  );
}
