import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';

/** Types a browser cannot be made to run anything with; whatever else was sniffed is bytes to it. */
const harmless = /^(image\/(png|jpeg|gif|webp)|application\/pdf|application\/zip|text\/plain)$/;

/** `attachment; filename="..."; filename*=UTF-8''...` for any name. @source RFC 6266 §4.3, RFC 8187 §3.2 */
export function attachmentHeader(name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

function setHead(response: Response, { name, mediaType }: { name: string; mediaType: string }): void {
  response.set({
    'content-type': harmless.test(mediaType) ? mediaType : 'application/octet-stream',
    'content-disposition': attachmentHeader(name),
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'same-origin',
  });
}

/** Sends a file that somebody uploaded: to be saved, never to be shown as a page of ours. */
export function sendFile(response: Response, file: { name: string; mediaType: string; bytes: Uint8Array }): void {
  setHead(response, file);
  response.end(Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.byteLength));
}

/** The same for one of any size, as fast as the receiver takes it; a receiver that leaves is no fault. */
export async function sendStream(
  response: Response,
  file: { name: string; mediaType: string; sizeBytes: number | null; bytes: AsyncIterable<Uint8Array> | Uint8Array },
): Promise<void> {
  setHead(response, file);
  if (file.sizeBytes !== null) response.set('content-length', String(file.sizeBytes));
  await pipeline(file.bytes instanceof Uint8Array ? [file.bytes] : file.bytes, response).catch((error: unknown) => {
    if ((error as { code?: string }).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  });
}
