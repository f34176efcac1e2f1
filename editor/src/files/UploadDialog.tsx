import type { ReplyOf, Routes } from '@waybill/api-contract';
import { FileUp, X } from 'lucide-react';
import type { DragEvent } from 'react';
import { useId, useRef, useState } from 'react';
import { useApiQuery } from '../api/queries.ts';
import { Button, IconButton } from '../ui/Button.tsx';
import { classNames } from '../ui/class-names.ts';
import { Field } from '../ui/Field.tsx';
import { FormDialog } from '../ui/FormDialog.tsx';
import { useSending } from '../ui/sending.ts';
import { sizeWords } from '../ui/size-words.ts';
import { useUploads } from './uploads.ts';
import './files.css';

type Folder = ReplyOf<Routes['listFiles']>['folders'][number];

/** What putting a file into a folder leads to. Pure. */
export function startsWords(folder: string, folders: readonly Folder[]): string {
  const wanted = folder.trim().toLowerCase();
  const found = folders.find(({ name }) => name.toLowerCase() === wanted);
  const names = (found?.starts ?? []).map(({ flowName }) => `“${flowName}”`);
  if (names.length === 0) return 'No published flow waits for files there by this name; the files are kept.';
  const last = names.at(-1);
  const listed = names.length === 1 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
  return `Files there may start ${listed}.`;
}

interface UploadDialogProps {
  /** Where the files go unless another folder is named. */
  folder: string;
  /** Dropped before the dialog opened. */
  files?: readonly File[];
  single?: boolean;
  onClose: () => void;
  onDone?: (added: ReplyOf<Routes['addFile']>) => void;
}

/** Chooses files and the folder they go to; they are sent after it has closed. */
export function UploadDialog({ folder: start, files: given = [], single = false, onClose, onDone }: UploadDialogProps) {
  const list = useApiQuery('listFiles', { query: { limit: 1 } });
  const add = useUploads((state) => state.add);
  const [folder, setFolder] = useState(start);
  const [files, setFiles] = useState<readonly File[]>(given);
  const [over, setOver] = useState(false);
  const sending = useSending();
  const { tried } = sending;
  const input = useRef<HTMLInputElement>(null);
  const names = useId();
  const folders = list.data?.folders ?? [];
  const maxBytes = list.data?.maxBytes ?? null;
  const take = (more: readonly File[]) => setFiles(single ? more.slice(0, 1) : [...files, ...more]);
  const send = async () => {
    add(files, folder.trim(), maxBytes, onDone);
    onClose();
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take([...event.dataTransfer.files]);
  };
  const many = files.length > 1 ? `${files.length} files` : 'file';
  return (
    <FormDialog
      onClose={onClose}
      title={single ? 'Upload a file' : 'Upload files'}
      sending={sending}
      sound={files.length > 0 && folder.trim() !== ''}
      perform={send}
      act={`Upload ${many}`}
      icon={FileUp}
      leave="Cancel"
    >
      <Field
        label="Folder"
        help={list.data ? startsWords(folder, folders) : 'Flows wait for files by folder.'}
        error={tried && folder.trim() === '' ? 'Name a folder, for example inbox.' : undefined}
      >
        {({ id, describedBy, invalid }) => (
          <>
            <input
              id={id}
              className="input"
              list={names}
              value={folder}
              maxLength={64}
              aria-describedby={describedBy}
              aria-invalid={invalid}
              onChange={(event) => setFolder(event.target.value)}
            />
            <datalist id={names}>
              {folders.map(({ name }) => (
                <option key={name} value={name} />
              ))}
            </datalist>
          </>
        )}
      </Field>
      <section
        className={classNames('drop-area', over && 'drop-area--over')}
        aria-label="Files to upload"
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <input
          ref={input}
          type="file"
          multiple={!single}
          hidden
          aria-label="Files to upload"
          onChange={(event) => {
            take([...(event.target.files ?? [])]);
            event.target.value = '';
          }}
        />
        <p>
          Drop {single ? 'a file' : 'files'} here, or{' '}
          <Button small onClick={() => input.current?.click()}>
            Choose from this computer
          </Button>
        </p>
        {maxBytes !== null && <p className="muted">Up to {sizeWords(maxBytes)} each.</p>}
        {tried && files.length === 0 && (
          <p className="field__error" role="alert">
            Choose a file first.
          </p>
        )}
      </section>
      {files.length > 0 && (
        <ul className="chosen-files" aria-label="Chosen files">
          {files.map((file, index) => (
            <li key={`${file.name}-${file.size}-${file.lastModified}`}>
              <span className="truncate">{file.name}</span>
              <span className="muted nowrap">{sizeWords(file.size)}</span>
              <IconButton
                small
                icon={X}
                label={`Leave ${file.name} out`}
                onClick={() => setFiles(files.filter((_, at) => at !== index))}
              />
            </li>
          ))}
        </ul>
      )}
    </FormDialog>
  );
}
