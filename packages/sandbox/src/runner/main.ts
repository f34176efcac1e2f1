// Entry of a runner process. It holds no secret, no environment and no network client; it hosts isolates.
import { createOutbox } from '../outbox.ts';
import type { Crossing, FromRunner, RunnerSetup } from '../protocol.ts';
import { CHUNK_FD } from '../protocol.ts';
import { createChunkInbox, readChunks } from './chunk-inbox.ts';
import { createRunner } from './runner.ts';

const ALIVE_EVERY_MS = 250;
const setup = JSON.parse(process.argv[2] ?? '') as RunnerSetup;
const outbox = createOutbox<FromRunner>(
  (batch) => {
    // The parent may be gone already; then there is nobody to tell.
    if (process.connected) process.send?.(batch);
  },
  // The steps of a trip end one by one, and most of them by its end.
  () => runner.isTripUnderWay(),
);
const chunks = createChunkInbox();
readChunks(CHUNK_FD, chunks);
const runner = createRunner(setup, outbox, chunks.release);

process.on('message', (batch: Crossing[]) => {
  for (const message of batch) {
    if (message.t === 'records') void chunks.take().then((bytes) => runner.receive({ ...message, bytes }));
    else runner.receive(message);
  }
});
// Without its parent a runner has no purpose. SIGKILL, because an isolate's thread may be busy for ever.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
setInterval(() => {
  outbox.push({ t: 'alive', begun: runner.watch(), rssBytes: process.memoryUsage.rss() });
}, ALIVE_EVERY_MS).unref();
outbox.push({ t: 'ready' });
