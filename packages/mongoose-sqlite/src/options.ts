/** Options of operations: read what is known, refuse what would change the meaning and is not supported. */
import { badValue, UnsupportedFeatureError } from './errors.ts';
import type { Doc } from './mongo.ts';
import { Session } from './session.ts';

export type Options = Doc | null | undefined;

/** Each would change results if it were skipped. */
const REFUSED = [
  'collation',
  'let',
  'explain',
  'tailable',
  'awaitData',
  'min',
  'max',
  'returnKey',
  'showRecordId',
  'oplogReplay',
  'timeseries',
  'capped',
  'clusteredIndex',
  'validator',
  'viewOn',
  'encryptedFields',
  'expireAfterSeconds',
  'changeStreamPreAndPostImages',
  'storageEngine',
  'raw',
];

/** @throws UnsupportedFeatureError for options that would have to be ignored. */
export function checkOptions(options: Options): Doc {
  if (options === undefined || options === null) return {};
  for (const name of REFUSED) {
    const value = options[name];
    if (value !== undefined && value !== null && value !== false) {
      throw new UnsupportedFeatureError(`Option ${name}`, 'see the README for options of each operation');
    }
  }
  return options;
}

export function sessionOf(options: Doc): Session | null {
  const session = options['session'];
  if (session === undefined || session === null) return null;
  if (!(session instanceof Session)) throw badValue('The session belongs to another kind of connection');
  return session;
}

/** A whole number of at least 0; null and undefined are 0. */
export function countOption(options: Doc, name: string): number {
  const value = options[name];
  if (value === undefined || value === null) return 0;
  const count = Number(value);
  if (!Number.isInteger(count)) throw badValue(`${name} must be a whole number`);
  // A negative limit asks for one batch of that size; skip may not be negative.
  if (count < 0 && name !== 'limit') throw badValue(`${name} must not be negative`);
  return Math.abs(count);
}

const DECODE = ['promoteLongs', 'promoteValues', 'promoteBuffers', 'useBigInt64', 'bsonRegExp'];

export function decodeOptionsOf(options: Doc): Record<string, boolean> | undefined {
  const chosen = DECODE.filter((name) => options[name] !== undefined).map((name) => [name, Boolean(options[name])]);
  if (chosen.length === 0) return undefined;
  const decoding: Record<string, boolean> = Object.fromEntries(chosen);
  // 64-bit bigints and promotion exclude each other in the BSON library.
  return decoding['useBigInt64'] === true ? { ...decoding, promoteLongs: true, promoteValues: true } : decoding;
}
