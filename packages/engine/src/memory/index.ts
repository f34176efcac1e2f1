export { memoryBlobs } from './memory-blobs.ts';
export type { MemoryJournal } from './memory-journal.ts';
export { memoryJournal } from './memory-journal.ts';
