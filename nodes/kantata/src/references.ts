/**
 * Creating once in a system without upsert or idempotency keys. A row is known by its external
 * reference; but row and reference are two calls, and a crash may fall between them. So the row also
 * carries a mark in a text field from its first moment: a later attempt that finds no reference
 * looks for the mark, adopts the row and writes the missing reference.
 */
import type { JsonObject } from '@waybill/node-sdk';
import { days, nodeError } from '@waybill/node-sdk';
import type { Filters, KantataContext } from './client.ts';
import { createRows, listAll, ROWS_PER_WRITE } from './client.ts';

/** Which record of another system a row stands for. */
export interface Reference {
  readonly serviceName: string;
  readonly serviceModel: string;
  readonly ref: string;
}

/** Resources that have a text field to carry the mark, with Kantata's name of the subject. */
export const markable = {
  workspaces: { subject: 'Workspace', markField: 'description' },
  workspace_groups: { subject: 'WorkspaceGroup', markField: 'notes' },
  stories: { subject: 'Story', markField: 'description' },
  time_entries: { subject: 'TimeEntry', markField: 'notes' },
  expenses: { subject: 'Expense', markField: 'notes' },
  invoices: { subject: 'Invoice', markField: 'message' },
} as const;
export type Markable = keyof typeof markable;

/** References in one look-up. */
const REFERENCES_PER_LOOKUP = 200;
/** Rows read in search of a mark; more would mean the answer could be wrong. */
const ROWS_SEARCHED = 5_000;

export const markOf = ({ serviceName, serviceModel, ref }: Reference): string =>
  `[waybill ${serviceName}/${serviceModel}/${ref}]`;

const text = (value: JsonObject[string] | undefined): string => (typeof value === 'string' ? value : '');

const marked = (resource: Markable, fields: JsonObject, reference: Reference): JsonObject => {
  const { markField } = markable[resource];
  const own = text(fields[markField]);
  return { ...fields, [markField]: own === '' ? markOf(reference) : `${own}\n\n${markOf(reference)}` };
};

/** Rows by `ref`, found by their external references. */
export async function findByReferences(
  context: KantataContext,
  resource: string,
  references: readonly Reference[],
): Promise<Map<string, JsonObject>> {
  const found = new Map<string, JsonObject>();
  for (let start = 0; start < references.length; start += REFERENCES_PER_LOOKUP) {
    const chunk = references.slice(start, start + REFERENCES_PER_LOOKUP);
    const { rows, related } = await listAll(
      context,
      resource,
      {
        external_reference_service_name: chunk[0]?.serviceName,
        external_reference_service_model_refs: chunk.map((reference) => reference.ref).join(','),
        include: 'external_references',
      },
      ROWS_SEARCHED,
    );
    const wanted = new Set(chunk.map(markOf));
    const rowById = new Map(rows.map((row) => [String(row['id']), row]));
    for (const link of related['external_references'] ?? []) {
      const reference = {
        serviceName: text(link['service_name']),
        serviceModel: text(link['service_model']),
        ref: text(link['service_model_ref']),
      };
      const row = rowById.get(String(link['subject_id']));
      if (row && wanted.has(markOf(reference))) found.set(reference.ref, row);
    }
  }
  return found;
}

/** Rows by `ref` that carry a mark but no reference yet: created by an attempt that did not get to its end. */
async function findByMarks(
  context: KantataContext & { now: number },
  resource: Markable,
  references: readonly Reference[],
  scope: Filters,
): Promise<Map<string, JsonObject>> {
  const updatedAfter = new Date(context.now - days(30)).toISOString();
  const listing = await listAll(context, resource, { ...scope, updated_after: updatedAfter }, ROWS_SEARCHED);
  if (listing.truncated)
    throw nodeError('KANTATA_SEARCH_TOO_WIDE', {
      what: `More than ${ROWS_SEARCHED} ${resource} changed lately; whether an earlier attempt created one cannot be told.`,
      fix: 'Look in Kantata for a record with the mark of this step, then say whether it happened.',
      owner: 'user',
      engine: 'stop',
    });
  const { markField } = markable[resource];
  const found = new Map<string, JsonObject>();
  for (const row of listing.rows) {
    const reference = references.find((one) => text(row[markField]).includes(markOf(one)));
    if (reference && !found.has(reference.ref)) found.set(reference.ref, row);
  }
  return found;
}

async function writeReferences(
  context: KantataContext,
  resource: Markable,
  pairs: readonly { reference: Reference; row: JsonObject }[],
): Promise<void> {
  for (let start = 0; start < pairs.length; start += ROWS_PER_WRITE)
    await createRows(
      context,
      'external_references',
      pairs.slice(start, start + ROWS_PER_WRITE).map(({ reference, row }) => ({
        subject_type: markable[resource].subject,
        subject_id: String(row['id']),
        service_name: reference.serviceName,
        service_model: reference.serviceModel,
        service_model_ref: reference.ref,
      })),
    );
}

export interface Wanted {
  readonly reference: Reference;
  readonly fields: JsonObject;
}
export interface Ensured {
  readonly ref: string;
  readonly row: JsonObject;
  readonly created: boolean;
}

type Attempt = KantataContext & { readonly attempt: number; readonly now: number };

/**
 * Makes sure each wanted row exists with its reference, in the order given.
 * @param scope narrows the search for marks, for example to one project.
 */
export async function ensureRows(
  context: Attempt,
  resource: Markable,
  wanted: readonly Wanted[],
  scope: Filters = {},
): Promise<Ensured[]> {
  refuseRepeatedReferences(wanted);
  const references = wanted.map((one) => one.reference);
  const known = await findByReferences(context, resource, references);
  const unknown = references.filter((reference) => !known.has(reference.ref));
  const adopted =
    context.attempt > 1 && unknown.length > 0
      ? await findByMarks(context, resource, unknown, scope)
      : new Map<string, JsonObject>();
  await writeReferences(context, resource, pairsOf(unknown, adopted));

  const missing = wanted.filter(({ reference }) => !known.has(reference.ref) && !adopted.has(reference.ref));
  const created = new Map<string, JsonObject>();
  for (let start = 0; start < missing.length; start += ROWS_PER_WRITE) {
    const chunk = missing.slice(start, start + ROWS_PER_WRITE);
    const rows = await createRows(
      context,
      resource,
      chunk.map(({ fields, reference }) => marked(resource, fields, reference)),
    );
    chunk.forEach(({ reference }, index) => {
      created.set(reference.ref, rowOf(resource, rows, reference, chunk.length === 1 ? index : -1));
    });
    await writeReferences(
      context,
      resource,
      pairsOf(
        chunk.map((one) => one.reference),
        created,
      ),
    );
  }
  return wanted.map(({ reference: { ref } }) => ({
    ref,
    row: known.get(ref) ?? adopted.get(ref) ?? created.get(ref) ?? {},
    // Marked but not yet referenced: an attempt whose answer was lost made it.
    created: created.has(ref) || wasMadeLately(adopted.get(ref) ?? {}, context.now),
  }));
}

/** What an attempt that got no answer left behind, its references completed; null unless all of it is there. */
export async function findEnsured(
  context: Attempt,
  resource: Markable,
  references: readonly Reference[],
  scope: Filters = {},
): Promise<Ensured[] | null> {
  const known = await findByReferences(context, resource, references);
  const unknown = references.filter((reference) => !known.has(reference.ref));
  const adopted =
    unknown.length > 0 ? await findByMarks(context, resource, unknown, scope) : new Map<string, JsonObject>();
  // Also when some are missing: what is here must be known as ours before the rest is created.
  await writeReferences(context, resource, pairsOf(unknown, adopted));
  if (unknown.some((reference) => !adopted.has(reference.ref))) return null;
  return references.map(({ ref }) => ({ ref, row: known.get(ref) ?? adopted.get(ref) ?? {}, created: true }));
}

/** A lost attempt left rows of today, not of last week: an older one with our reference was there before. */
const LATELY_MS = days(1);

export const wasMadeLately = (row: JsonObject, now: number): boolean =>
  now - Date.parse(text(row['created_at'])) < LATELY_MS;

const pairsOf = (references: readonly Reference[], rows: ReadonlyMap<string, JsonObject>) =>
  references.flatMap((reference) => {
    const row = rows.get(reference.ref);
    return row ? [{ reference, row }] : [];
  });

/** By its mark: the order of a bulk answer is not promised. A single row needs no telling apart. */
function rowOf(resource: Markable, rows: readonly JsonObject[], reference: Reference, only: number): JsonObject {
  const { markField } = markable[resource];
  const row = rows.find((one) => text(one[markField]).includes(markOf(reference))) ?? rows[only];
  if (row) return row;
  throw nodeError('REPLY_SHAPE', {
    what: `Kantata did not name the row it created for "${reference.ref}".`,
    fix: 'Retry the step: it looks for the row before it creates anything.',
    owner: 'provider',
    engine: 'retry',
  });
}

function refuseRepeatedReferences(wanted: readonly Wanted[]): void {
  const refs = wanted.map((one) => one.reference.ref);
  const twice = refs.find((ref, index) => refs.indexOf(ref) !== index);
  const wrong = twice ?? refs.find((ref) => ref === '' || ref.includes(','));
  if (wrong === undefined) return;
  throw nodeError('KANTATA_REFERENCE_INVALID', {
    what: twice === undefined ? `"${wrong}" cannot be a reference.` : `The reference "${wrong}" is used twice.`,
    fix: 'Give every record a reference of its own, not empty and without commas.',
    owner: 'user',
    engine: 'stop',
  });
}
