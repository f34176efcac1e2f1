/** Bulk writes: several operations, one commit, MongoDB's result and error shapes. */
import { badValue } from './errors.ts';
import { BulkWriteResult, type Doc, isDoc, MongoBulkWriteError } from './mongo.ts';

/** What one operation of a bulk did. */
export interface BulkStep {
  readonly inserted?: { readonly id: unknown };
  readonly matched?: number;
  readonly modified?: number;
  readonly deleted?: number;
  readonly upserted?: { readonly id: unknown } | null;
}

/** Same surface as the driver's WriteError, which it does not export. */
class WriteError {
  readonly err: Doc;
  constructor(err: Doc) {
    this.err = err;
  }
  get code() {
    return this.err['code'];
  }
  get index() {
    return this.err['index'];
  }
  get errmsg() {
    return this.err['errmsg'];
  }
  get errInfo() {
    return this.err['errInfo'];
  }
  getOperation() {
    return this.err['op'];
  }
  toJSON() {
    return { code: this.code, index: this.index, errmsg: this.errmsg, op: this.err['op'] };
  }
  toString() {
    return `WriteError(${JSON.stringify(this.toJSON())})`;
  }
}

const OPERATIONS = ['insertOne', 'updateOne', 'updateMany', 'replaceOne', 'deleteOne', 'deleteMany'];

/** Name and arguments of a bulk operation. */
export function parseOperation(operation: unknown): [name: string, args: Doc] {
  if (!isDoc(operation)) throw badValue('Operation must be an object with an operation key');
  const [entry, ...more] = Object.entries(operation);
  if (entry === undefined || more.length > 0 || !OPERATIONS.includes(entry[0]) || !isDoc(entry[1])) {
    throw badValue(`bulkWrite only supports ${OPERATIONS.join(', ')}`);
  }
  return [entry[0], entry[1]];
}

/**
 * Runs the steps in order; `isOrdered` stops at the first error.
 * @param isWriteError tells errors of one operation from failures that end everything.
 */
export function runBulk(
  steps: readonly (() => BulkStep)[],
  operations: readonly unknown[],
  isOrdered: boolean,
  isWriteError: (error: unknown) => error is Error & { code?: unknown },
) {
  const result = {
    ok: 1,
    writeErrors: [] as WriteError[],
    writeConcernErrors: [],
    insertedIds: [] as { index: number; _id: unknown }[],
    nInserted: 0,
    nUpserted: 0,
    nMatched: 0,
    nModified: 0,
    nRemoved: 0,
    upserted: [] as { index: number; _id: unknown }[],
  };
  for (const [index, step] of steps.entries()) {
    try {
      const done = step();
      if (done.inserted !== undefined) {
        result.nInserted += 1;
        result.insertedIds.push({ index, _id: done.inserted.id });
      }
      result.nMatched += done.matched ?? 0;
      result.nModified += done.modified ?? 0;
      result.nRemoved += done.deleted ?? 0;
      if (done.upserted) {
        result.nUpserted += 1;
        result.upserted.push({ index, _id: done.upserted.id });
      }
    } catch (error) {
      if (!isWriteError(error)) throw error;
      const details = error as Error & { code?: unknown; keyPattern?: unknown; keyValue?: unknown };
      result.writeErrors.push(
        new WriteError({
          index,
          code: details.code,
          errmsg: details.message,
          keyPattern: details.keyPattern,
          keyValue: details.keyValue,
          op: operations[index],
        }),
      );
      if (isOrdered) break;
    }
  }
  const outcome = new BulkWriteResult(result, isOrdered);
  const [first] = result.writeErrors;
  if (first === undefined) return { outcome, error: null };
  const error = new MongoBulkWriteError(
    { message: String(first.errmsg), code: Number(first.code), writeErrors: result.writeErrors } as never,
    outcome,
  );
  return {
    outcome,
    error: Object.assign(error, { keyPattern: first.err['keyPattern'], keyValue: first.err['keyValue'] }),
  };
}
