import { expect, it } from 'vitest';
import { createChunkInbox } from './chunk-inbox.ts';

const framed = (text: string): Buffer => {
  const header = Buffer.alloc(4);
  header.writeUInt32LE(Buffer.byteLength(text));
  return Buffer.concat([header, Buffer.from(text)]);
};

it('puts chunks together in order, however the pipe cuts them', async () => {
  const inbox = createChunkInbox();
  const bytes = Buffer.concat([framed('first chunk'), framed(''), framed('third')]);
  const first = inbox.take();
  for (let at = 0; at < bytes.length; at += 3) inbox.push(bytes.subarray(at, at + 3));
  expect((await first).toString()).toBe('first chunk');
  expect((await inbox.take()).toString()).toBe('');
  expect((await inbox.take()).toString()).toBe('third');
});

it('uses a buffer again once its chunk is done with, for a smaller chunk too', async () => {
  const inbox = createChunkInbox();
  inbox.push(framed('a long chunk'));
  const first = await inbox.take();
  const { buffer } = first;
  inbox.release(first);
  inbox.push(framed('short'));
  const second = await inbox.take();
  expect(second.buffer).toBe(buffer);
  expect(second.toString()).toBe('short');
});
