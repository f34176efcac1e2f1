/** Documents to bytes and back, with MongoDB's size limit. */
import { serverError } from './errors.ts';
import { BSON, type Doc } from './mongo.ts';

/** MongoDB's limit for one document. */
const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

/** @throws MongoServerError 10334 above 16 MB. */
export function encode(doc: Doc, ignoreUndefined = false): Uint8Array {
  const bytes = BSON.serialize(doc, { ignoreUndefined });
  if (bytes.byteLength > MAX_DOCUMENT_BYTES) {
    throw serverError(
      10334,
      'BSONObjectTooLarge',
      `BSONObj size: ${bytes.byteLength} is invalid. Size must be between 0 and ${MAX_DOCUMENT_BYTES} bytes`,
    );
  }
  return bytes;
}

/** How results are handed to callers; the names are those of the MongoDB driver. */
export interface DecodeOptions {
  promoteLongs?: boolean;
  promoteValues?: boolean;
  promoteBuffers?: boolean;
  useBigInt64?: boolean;
  bsonRegExp?: boolean;
}

/** Bytes to the form callers get: numbers unboxed where that is exact. */
export function decode(bytes: Uint8Array, options?: DecodeOptions): Doc {
  return options === undefined ? BSON.deserialize(bytes) : BSON.deserialize(bytes, { ...options });
}

/** Bytes to the form used when rewriting a document: 64-bit integers stay boxed, so their type survives. */
export function decodeForUpdate(bytes: Uint8Array): Doc {
  return BSON.deserialize(bytes, { promoteLongs: false, bsonRegExp: true });
}

/** A deep copy holding only BSON values: mongoose arrays, maps and documents become plain ones. */
export function normalise(doc: object): Doc {
  return BSON.deserialize(BSON.serialize(doc, { ignoreUndefined: false }), { promoteLongs: false });
}
