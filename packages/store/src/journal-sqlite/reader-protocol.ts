import type { Statement } from './run-query.ts';
import type { RunRow } from './run-row.ts';
import type { StorageFailure } from './storage-failure.ts';

export interface ReadRequest {
  id: number;
  statements: Statement[];
}

export interface ReadAnswer {
  id: number;
  /** Rows by statement. */
  results: RunRow[][];
  failure?: StorageFailure;
}
