/** Files on their way to the server. They go on while the person works on other screens. */
import type { ReplyOf, Routes } from '@waybill/api-contract';
import { ApiError } from '@waybill/api-contract';
import { create } from 'zustand';
import { queryClient } from '../api/client.ts';
import { wordsOf } from '../api/problem-words.ts';
import { SendingCancelled, sendFile } from '../api/send-file.ts';
import { sizeWords } from '../ui/size-words.ts';

type Added = ReplyOf<Routes['addFile']>;

export interface Upload {
  id: string;
  file: File;
  folder: string;
  sentBytes: number;
  state: 'waiting' | 'sending' | 'done' | 'failed';
  /** `again`: sending the same file once more may help. */
  problem: { what: string; fix: string; again: boolean } | null;
  added: Added | null;
}

interface UploadState {
  uploads: readonly Upload[];
  /** @param onDone called with each file that arrived. */
  add(files: readonly File[], folder: string, maxBytes: number | null, onDone?: (added: Added) => void): void;
  /** Stops one that is under way, or takes one that is over off the list. */
  drop(id: string): void;
  again(id: string): void;
}

const atOnce = 2;
const stops = new Map<string, AbortController>();
const listeners = new Map<string, (added: Added) => void>();

/** What can be told before anything is sent. Pure. */
export function refusalOf(file: Pick<File, 'name' | 'size'>, maxBytes: number | null): Upload['problem'] {
  if (file.size === 0) return { what: 'It is empty.', fix: 'Choose a file with something in it.', again: false };
  if (maxBytes !== null && file.size > maxBytes)
    return {
      what: `It has ${sizeWords(file.size)}; up to ${sizeWords(maxBytes)} are taken.`,
      fix: 'Send it in parts, or ask the operator to allow more.',
      again: false,
    };
  return null;
}

/** A refusal stands; silence, haste and faults of the server pass. */
function problemOf(error: unknown): Upload['problem'] {
  const status = error instanceof ApiError ? error.problem.status : 500;
  return { ...wordsOf(error), again: status === 0 || status === 429 || status >= 500 };
}

export const isUnderWay = ({ state }: Pick<Upload, 'state'>): boolean => state === 'waiting' || state === 'sending';

const warnBeforeLeaving = (event: BeforeUnloadEvent) => event.preventDefault();

export const useUploads = create<UploadState>((set, get) => {
  const change = (id: string, patch: Partial<Upload>) =>
    set(({ uploads }) => ({ uploads: uploads.map((one) => (one.id === id ? { ...one, ...patch } : one)) }));

  function goOn(): void {
    const { uploads } = get();
    const busy = uploads.filter(({ state }) => state === 'sending').length;
    const next = uploads.find(({ state }) => state === 'waiting');
    // A page that is left takes its uploads with it.
    if (uploads.some(isUnderWay)) window.addEventListener('beforeunload', warnBeforeLeaving);
    else window.removeEventListener('beforeunload', warnBeforeLeaving);
    if (next && busy < atOnce) void send(next);
  }

  async function send({ id, file, folder }: Upload): Promise<void> {
    const stop = new AbortController();
    stops.set(id, stop);
    change(id, { state: 'sending', sentBytes: 0, problem: null });
    goOn();
    try {
      const added = await sendFile(file, folder, {
        signal: stop.signal,
        onProgress: (sentBytes) => change(id, { sentBytes }),
      });
      change(id, { state: 'done', sentBytes: file.size, added });
      listeners.get(id)?.(added);
      await queryClient.invalidateQueries({ queryKey: ['listFiles'] });
    } catch (error) {
      // It may have been there already when it was cancelled.
      if (error instanceof SendingCancelled) await queryClient.invalidateQueries({ queryKey: ['listFiles'] });
      else change(id, { state: 'failed', problem: problemOf(error) });
    } finally {
      stops.delete(id);
      goOn();
    }
  }

  return {
    uploads: [],
    add(files, folder, maxBytes, onDone) {
      const added = files.map((file): Upload => {
        const problem = refusalOf(file, maxBytes);
        const id = crypto.randomUUID();
        if (onDone) listeners.set(id, onDone);
        return { id, file, folder, sentBytes: 0, state: problem ? 'failed' : 'waiting', problem, added: null };
      });
      set(({ uploads }) => ({ uploads: [...uploads, ...added] }));
      goOn();
    },
    drop(id) {
      stops.get(id)?.abort();
      listeners.delete(id);
      set(({ uploads }) => ({ uploads: uploads.filter((one) => one.id !== id) }));
      goOn();
    },
    again(id) {
      change(id, { state: 'waiting', problem: null });
      goOn();
    },
  };
});
