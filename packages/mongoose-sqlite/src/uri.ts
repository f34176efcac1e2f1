/** `sqlite:///abs/path.db?synchronous=NORMAL` and `sqlite::memory:`. */
import { badValue } from './errors.ts';

export interface StoreSettings {
  /** Absolute file path, or `:memory:`. */
  readonly path: string;
  /** FULL survives power loss; NORMAL survives a killed process but may lose the last commits on power loss. */
  readonly synchronous: 'FULL' | 'NORMAL';
  /** Cap on the database file, or null. Reaching it raises DiskFullError. */
  readonly maxSizeBytes: number | null;
  /** How often expired documents are removed, in ms; 0 never. */
  readonly ttlSweepMs: number;
}

const OPTIONS = ['synchronous', 'maxSizeBytes', 'ttlSweepMs'];
const TTL_SWEEP_MS = 60_000;

export const isSqliteUri = (uri: string): boolean => uri.startsWith('sqlite:');

/** @throws MongoServerError naming what was read and what is allowed. */
export function parseSqliteUri(uri: string): StoreSettings {
  const match = /^sqlite:(?:\/\/(?<file>\/[^?]*)|(?<memory>:memory:))(?:\?(?<query>.*))?$/.exec(uri);
  if (match?.groups === undefined) {
    throw badValue(`Cannot read the connection string '${uri}'. Use sqlite:///absolute/path.db or sqlite::memory:`);
  }
  const query = new URLSearchParams(match.groups['query'] ?? '');
  for (const name of query.keys()) {
    if (!OPTIONS.includes(name)) throw badValue(`Unknown option '${name}' in '${uri}'. Allowed: ${OPTIONS.join(', ')}`);
  }
  const synchronous = (query.get('synchronous') ?? 'FULL').toUpperCase();
  if (synchronous !== 'FULL' && synchronous !== 'NORMAL') {
    throw badValue(`synchronous=${synchronous} is not allowed. Use FULL or NORMAL.`);
  }
  return {
    path: match.groups['memory'] ?? decodeURIComponent(match.groups['file'] ?? ''),
    synchronous,
    maxSizeBytes: query.has('maxSizeBytes') ? wholeNumber(query, 'maxSizeBytes') : null,
    ttlSweepMs: query.has('ttlSweepMs') ? wholeNumber(query, 'ttlSweepMs') : TTL_SWEEP_MS,
  };
}

function wholeNumber(query: URLSearchParams, name: string): number {
  const value = Number(query.get(name));
  if (!Number.isSafeInteger(value) || value < 0) throw badValue(`${name}=${query.get(name)} must be a whole number`);
  return value;
}
