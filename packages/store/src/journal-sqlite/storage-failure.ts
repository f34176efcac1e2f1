// No imports: the worker threads load this, and what they load delays the start.

/** A failed write as it travels from the worker thread. */
export interface StorageFailure {
  full: boolean;
  message: string;
}

const SQLITE_FULL = 13;

/** Tells a full disk from everything else; works on SQLite's errors and on those of the file system. */
export function storageFailure(error: unknown): StorageFailure {
  const details = error as { errcode?: number; code?: string };
  const message = error instanceof Error ? error.message : String(error);
  const full =
    details.errcode === SQLITE_FULL || details.code === 'ENOSPC' || details.code === 'EDQUOT' || /ENOSPC/.test(message);
  return { full, message };
}
