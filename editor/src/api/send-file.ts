import type { Me, ReplyOf, Routes } from '@waybill/api-contract';
import { ApiError, problemSchema } from '@waybill/api-contract';
import { meKey, queryClient } from './client.ts';

type Added = ReplyOf<Routes['addFile']>;

const broken = (detail: string) =>
  new ApiError({
    type: 'about:blank',
    title: 'No answer',
    status: 0,
    code: 'NO_ANSWER',
    detail,
    fix: 'Check the connection, then send the file again. Nothing of it was kept.',
  });

/** The signal was given before the file was there. */
export class SendingCancelled extends Error {}

/** Sends a file of any size as it lies on the disk. `fetch` cannot tell how far it is, so this asks the older way. */
export function sendFile(
  file: File,
  folder: string,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (sentBytes: number) => void },
): Promise<Added> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/api/v1/files?${new URLSearchParams({ name: file.name, folder })}`);
    request.setRequestHeader('accept', 'application/json');
    request.setRequestHeader('content-type', file.type || 'application/octet-stream');
    const token = queryClient.getQueryData<Me | null>(meKey)?.csrfToken;
    if (token) request.setRequestHeader('x-csrf-token', token);
    request.responseType = 'json';
    request.upload.addEventListener('progress', (event) => onProgress(event.loaded));
    request.addEventListener('load', () => {
      if (request.status === 201) return resolve(request.response as Added);
      const problem = problemSchema.safeParse(request.response);
      reject(problem.success ? new ApiError(problem.data) : broken(`The server answered ${request.status}.`));
    });
    request.addEventListener('error', () => reject(broken('The connection broke while the file was sent.')));
    request.addEventListener('abort', () => reject(new SendingCancelled()));
    signal.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}
