/** Errors as MongoDB's driver would raise them; codes are those of MongoDB's error_codes.yml. */
import { type Doc, MongoServerError } from './mongo.ts';

/** A server error with MongoDB's code and code name. */
export function serverError(code: number, codeName: string, message: string, extra: Doc = {}) {
  return new MongoServerError({ message, code, codeName, ...extra });
}

/** Malformed request (MongoDB's BadValue). */
export const badValue = (message: string) => serverError(2, 'BadValue', message);
export const failedToParse = (message: string) => serverError(9, 'FailedToParse', message);
export const typeMismatch = (message: string) => serverError(14, 'TypeMismatch', message);

/** A MongoDB feature outside the documented subset. It is refused, never skipped. */
export class UnsupportedFeatureError extends MongoServerError {
  constructor(feature: string, supported: string) {
    super({
      message: `${feature} is not supported by mongoose-sqlite. Supported: ${supported}`,
      code: 115,
      codeName: 'CommandNotSupported',
    });
  }
  override get name() {
    return 'UnsupportedFeatureError';
  }
}

/**
 * The disk (or the configured size cap) is full. The write, and every write that shared its commit,
 * was rolled back; nothing of it is stored.
 */
export class DiskFullError extends MongoServerError {
  constructor(cause: unknown) {
    super({ message: 'The database could not grow: disk or size limit reached. Nothing was written.' });
    this.code = 'DISK_FULL';
    if (cause instanceof Error) this.cause = cause;
  }
  override get name() {
    return 'DiskFullError';
  }
}

/** What a failed unique index reports: E11000 with the pattern and the offending values. */
export function duplicateKeyError(namespace: string, index: string, keyPattern: Doc, keyValue: Doc) {
  const shown = Object.entries(keyValue)
    .map(([path, value]) => `${path}: ${showValue(value)}`)
    .join(', ');
  return serverError(
    11000,
    'DuplicateKey',
    `E11000 duplicate key error collection: ${namespace} index: ${index} dup key: { ${shown} }`,
    { keyPattern, keyValue },
  );
}

function showValue(value: unknown): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'string') return `"${value}"`;
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  if (typeof value === 'object' && 'toHexString' in value && typeof value.toHexString === 'function')
    return `ObjectId('${value.toHexString()}')`;
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
}

/** SQLite's extended result code of an error raised by node:sqlite, or null for any other error. */
export function sqliteCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error)) return null;
  return typeof error.errcode === 'number' ? error.errcode : null;
}

const SQLITE_BUSY = 5;
const SQLITE_FULL = 13;
const SQLITE_CONSTRAINT_PRIMARYKEY = 1555;
const SQLITE_CONSTRAINT_UNIQUE = 2067;

export function isUniqueViolation(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === SQLITE_CONSTRAINT_UNIQUE || code === SQLITE_CONSTRAINT_PRIMARYKEY;
}

/** Turns an engine failure into the error callers are promised; other errors pass unchanged. */
export function translateSqliteError(error: unknown): unknown {
  const code = sqliteCode(error);
  if (code === null) return error;
  if ((code & 0xff) === SQLITE_FULL) return new DiskFullError(error);
  const message = error instanceof Error ? error.message : String(error);
  if ((code & 0xff) === SQLITE_BUSY) {
    const busy = serverError(24, 'LockTimeout', `Another process holds the database: ${message}`);
    if (error instanceof Error) busy.cause = error;
    return busy;
  }
  const failed = serverError(8, 'UnknownError', `SQLite failed (${code}): ${message}`);
  if (error instanceof Error) failed.cause = error;
  return failed;
}
