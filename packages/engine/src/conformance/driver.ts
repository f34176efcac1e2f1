import type { BlobStore, Journal } from '../ports/index.ts';

/** What the engine runs on in a process of its own; opened again after every kill. */
export interface ConformanceDriver {
  journal: Journal;
  blobs: BlobStore;
  close(): Promise<void>;
}

/** How much load the driver's store can take in a test: `light` for one that answers in milliseconds, not microseconds. */
export type Pace = 'full' | 'light';

/**
 * What a driver module exports as `openDriver`, with its `pace`. The same `place`, an empty folder at first, always means
 * the same data; a driver that keeps its data elsewhere derives a name from it.
 */
export type OpenDriver = (place: string) => Promise<ConformanceDriver>;
