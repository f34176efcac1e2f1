import { flowError } from './error.ts';
import type { Flow } from './flow.ts';
import { FLOW_FORMAT_VERSION } from './flow.ts';
import type { JsonObject } from './json.ts';
import { jsonObjectSchema } from './json.ts';
import { parseFlow } from './parse-flow.ts';

/** Turns a document of one format version into the next; pure, and never changed once released. */
export type FlowMigration = (document: JsonObject) => JsonObject;

/** By the version a migration starts from. Version 1 is the first format, so there is none yet. */
const migrations: Readonly<Record<number, FlowMigration>> = {};

/**
 * Brings a stored document of any past format version to today's.
 * @throws {FlowError} FLOW_FORMAT_NEWER, FLOW_FORMAT_UNKNOWN or FLOW_MALFORMED.
 */
export function migrateFlow(input: unknown): Flow {
  const parsed = parseFlow(migrateDocument(input, migrations, FLOW_FORMAT_VERSION));
  if (parsed.ok) return parsed.flow;
  const [first] = parsed.problems;
  throw flowError('FLOW_MALFORMED', {
    what: `The flow document has ${parsed.problemCount} faults; the first: ${first?.what ?? 'unknown'}.`,
    fix: first ? `In the document, ${first.fix}.` : 'Export the flow again.',
    owner: 'user',
    engine: 'stop',
  });
}

/** Runs the chain of migrations from a document's own version to `target`. */
export function migrateDocument(
  input: unknown,
  steps: Readonly<Record<number, FlowMigration>>,
  target: number,
): JsonObject {
  const document = jsonObjectSchema.safeParse(input);
  const version = document.data?.['formatVersion'];
  if (!document.success || typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw flowError('FLOW_FORMAT_UNKNOWN', {
      what: 'The document does not say which format version it has.',
      fix: 'Give a flow document with a whole number in "formatVersion".',
      owner: 'user',
      engine: 'stop',
    });
  }
  if (version > target) {
    throw flowError('FLOW_FORMAT_NEWER', {
      what: `The flow was made by a newer Waybill: its format version is ${version}, this Waybill knows up to ${target}.`,
      fix: 'Update this Waybill, or export the flow from one of the same version.',
      owner: 'user',
      engine: 'stop',
    });
  }
  let current: JsonObject = document.data;
  for (let from = version; from < target; from += 1) {
    const step = steps[from];
    if (!step) {
      throw flowError('FLOW_FORMAT_UNKNOWN', {
        what: `There is no migration of flow documents from format version ${from}.`,
        fix: 'Import the flow with an older Waybill first, then export it again.',
        owner: 'engine',
        engine: 'stop',
      });
    }
    current = { ...step(current), formatVersion: from + 1 };
  }
  return current;
}
