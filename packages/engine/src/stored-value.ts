import type { JsonValue } from '@waybill/flow-model';
import { flowError } from '@waybill/flow-model';
import type { StoredValue } from './journal-record.ts';
import type { BlobStore } from './ports/index.ts';
import type { BodyResult } from './run-state.ts';

/** Values above this go to the blob store. */
const INLINE_LIMIT_BYTES = 64 * 1024;
/** Nothing larger is taken from a step. */
const VALUE_LIMIT_BYTES = 16 * 1024 * 1024;

/** Most a string can grow in JSON and UTF-8: a control character becomes `\u0000`. */
const WORST_BYTES_PER_CHAR = 6;

/** An upper bound of the value's size as JSON, cheap enough to take of every value; stops above `limit`. */
export function sizeBoundBytes(value: JsonValue, limit: number): number {
  switch (typeof value) {
    case 'string':
      return value.length * WORST_BYTES_PER_CHAR + 2;
    case 'number':
      return 25;
    case 'boolean':
      return 5;
    default:
  }
  if (value === null) return 4;
  let size = 2;
  if (Array.isArray(value)) {
    for (const item of value) {
      size += sizeBoundBytes(item, limit - size) + 1;
      if (size > limit) return size;
    }
    return size;
  }
  for (const name in value) {
    const item = value[name];
    size += name.length * WORST_BYTES_PER_CHAR + 4 + (item === undefined ? 0 : sizeBoundBytes(item, limit - size));
    if (size > limit) return size;
  }
  return size;
}

/**
 * A value as a record holds it. A promise only when it had to go to the blob store first.
 * @throws {FlowError} OUTPUT_TOO_LARGE above 16 MB.
 */
export function storeValue(blobs: BlobStore, value: JsonValue): StoredValue | Promise<StoredValue> {
  if (sizeBoundBytes(value, INLINE_LIMIT_BYTES) <= INLINE_LIMIT_BYTES) return { v: value };
  const bytes = Buffer.from(JSON.stringify(value));
  if (bytes.length <= INLINE_LIMIT_BYTES) return { v: value };
  if (bytes.length > VALUE_LIMIT_BYTES) throw tooLarge(bytes.length);
  return blobs.put(bytes).then((blob) => ({ blob, sizeBytes: bytes.length }));
}

const tooLarge = (sizeBytes: number) =>
  flowError('OUTPUT_TOO_LARGE', {
    what: `A value of ${(sizeBytes / 1_048_576).toFixed(1)} MB is larger than the 16 MB a step may hand on.`,
    fix: 'Hand on fewer records or fields, or work in batches.',
    owner: 'user',
    engine: 'stop',
    effect: 'unknown',
  });

/** Reads stored values back; keeps the few last blobs, since successors read the same ones. */
export class ValueReader {
  readonly #blobs: BlobStore;
  readonly #recent = new Map<string, JsonValue>();

  constructor(blobs: BlobStore) {
    this.#blobs = blobs;
  }

  /** The value if it is at hand, else undefined. */
  readonly peek = (stored: StoredValue): JsonValue | undefined =>
    'v' in stored ? stored.v : this.#recent.get(stored.blob);

  /** @throws {FlowError} BLOB_MISSING */
  async read(stored: StoredValue): Promise<JsonValue> {
    const known = this.peek(stored);
    if (known !== undefined || 'v' in stored) return known ?? null;
    const bytes = await this.#blobs.get(stored.blob);
    if (!bytes) {
      throw flowError('BLOB_MISSING', {
        what: `A value of ${stored.sizeBytes} bytes is not in the blob store any more (${stored.blob}).`,
        fix: 'Restore the blob folder from the backup the journal came from.',
        owner: 'engine',
        engine: 'pause',
        effect: 'none',
      });
    }
    const value = JSON.parse(new TextDecoder().decode(bytes)) as JsonValue;
    if (this.#recent.size >= 8) this.#recent.delete(this.#recent.keys().next().value as string);
    this.#recent.set(stored.blob, value);
    return value;
  }

  async readResult(result: BodyResult | null): Promise<JsonValue> {
    if (result === null) return null;
    if (!('parts' in result)) return this.read(result);
    const value: { [node: string]: JsonValue } = {};
    for (const [node, part] of Object.entries(result.parts)) value[node] = await this.read(part);
    return value;
  }
}
