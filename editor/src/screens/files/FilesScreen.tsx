import type { StoredFile } from '@waybill/api-contract';
import { Download, FileUp, FolderOpen, X } from 'lucide-react';
import type { DragEvent } from 'react';
import { useDeferredValue, useState } from 'react';
import { api } from '../../api/client.ts';
import { useApiQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useSearch } from '../../app/router.tsx';
import { UploadDialog } from '../../files/UploadDialog.tsx';
import { UploadList } from '../../files/UploadList.tsx';
import { useUploads } from '../../files/uploads.ts';
import { Button } from '../../ui/Button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { SearchBox, Select } from '../../ui/Field.tsx';
import { Page } from '../../ui/Page.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/States.tsx';
import { sizeWords } from '../../ui/size-words.ts';
import { RelativeTime } from '../../ui/Time.tsx';
import { usePages } from '../use-pages.ts';
import { contentAddress, FileDrawer } from './FileDrawer.tsx';
import '../../files/files.css';

const PAGE = 50;

/** Files that came in: uploaded here, sent by other systems, or dropped on the server. */
export default function FilesScreen() {
  const may = useMay();
  const [search, setSearch] = useSearch();
  const text = search.get('q') ?? '';
  const folder = search.get('folder') ?? '';
  const searched = useDeferredValue(text.trim());
  const asked = { ...(searched ? { text: searched } : {}), ...(folder ? { folder } : {}) };
  const pages = usePages<StoredFile>(['listFiles', asked], (cursor) =>
    api('listFiles', { query: { limit: PAGE, ...asked, ...(cursor ? { cursor } : {}) } }),
  );
  const folders = useApiQuery('listFiles', { query: { limit: 1 } }).data?.folders ?? [];
  const uploads = useUploads((state) => state.uploads);
  const [adding, setAdding] = useState<readonly File[] | null>(null);
  const [over, setOver] = useState(false);
  const open = search.get('file');
  const mayAdd = may('files.add');
  const upload = mayAdd && (
    <Button look="primary" icon={FileUp} onClick={() => setAdding([])}>
      Upload files
    </Button>
  );
  const dropping = mayAdd
    ? {
        onDragOver: (event: DragEvent) => {
          if (!event.dataTransfer.types.includes('Files')) return;
          event.preventDefault();
          setOver(true);
        },
        onDragLeave: () => setOver(false),
        onDrop: (event: DragEvent) => {
          event.preventDefault();
          setOver(false);
          setAdding([...event.dataTransfer.files]);
        },
      }
    : {};
  const filtered = searched !== '' || folder !== '';
  return (
    <Page
      title="Files"
      about="Files that came in: uploaded here, sent by other systems, or dropped on the server. Flows that wait for a folder start by themselves."
      actions={upload}
    >
      <div className="toolbar">
        <SearchBox label="Search files" value={text} onChange={(q) => setSearch({ q })} />
        <span className="files-folder">
          <Select
            aria-label="Folder"
            value={folder}
            onChange={(next) => setSearch({ folder: next || null })}
            options={[
              { value: '', label: 'All folders' },
              ...folders.map(({ name }) => ({ value: name, label: name })),
              ...(folder !== '' && !folders.some(({ name }) => name === folder)
                ? [{ value: folder, label: folder }]
                : []),
            ]}
          />
        </span>
      </div>
      <UploadList uploads={uploads} />
      <section
        className={classNames('sheet', over && 'files-sheet--over')}
        aria-label="Files that came in"
        {...dropping}
      >
        {pages.data === undefined ? (
          pages.error ? (
            <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />
          ) : (
            <SkeletonRows rows={8} />
          )
        ) : pages.data.length === 0 ? (
          filtered ? (
            <EmptyState
              icon={FolderOpen}
              title="No file matches"
              actions={
                <Button icon={X} onClick={() => setSearch({ q: null, folder: null })}>
                  Show all files
                </Button>
              }
            >
              Try fewer letters or another folder.
            </EmptyState>
          ) : (
            <EmptyState icon={FolderOpen} title="No file has come in yet" actions={upload}>
              Drop files here. A flow that begins with “File arrived” starts for each file of its folder.
            </EmptyState>
          )
        ) : (
          <>
            <table className="table">
              <thead>
                <tr>
                  <th>File</th>
                  <th>Folder</th>
                  <th className="num">Size</th>
                  <th>From</th>
                  <th>Arrived</th>
                  <th className="num">Runs</th>
                  <th>
                    <span className="sr-only">Download</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {pages.data.map((file) => (
                  <tr key={file.id}>
                    <td>
                      <button type="button" className="files-name" onClick={() => setSearch({ file: file.id })}>
                        {file.name}
                      </button>
                    </td>
                    <td>{file.folder}</td>
                    <td className="num nowrap">{sizeWords(file.sizeBytes)}</td>
                    <td>{file.byName}</td>
                    <td className="nowrap">
                      <RelativeTime at={file.arrivedAt} />
                    </td>
                    <td className="num">{file.runs === 0 ? <span className="muted">none</span> : file.runs}</td>
                    <td className="num">
                      <a
                        className="btn btn--ghost btn--icon btn--small"
                        href={contentAddress(file.id)}
                        download={file.name}
                        aria-label={`Download ${file.name}`}
                        title="Download"
                      >
                        <Download size={15} aria-hidden />
                      </a>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
            {pages.hasMore && (
              <div className="files-foot">
                <Button small disabled={pages.loadingMore} onClick={pages.loadMore}>
                  {pages.loadingMore ? 'Loading…' : 'Show more'}
                </Button>
              </div>
            )}
          </>
        )}
      </section>
      {adding && <UploadDialog folder={folder || 'inbox'} files={adding} onClose={() => setAdding(null)} />}
      {open !== null && <FileDrawer fileId={open} onClose={() => setSearch({ file: null })} />}
    </Page>
  );
}
