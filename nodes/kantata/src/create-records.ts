import type { JsonObject, JsonValue } from '@waybill/node-sdk';
import { anyPort, defineNode, nodeError, param, port, recordResultSchema, recordsSent } from '@waybill/node-sdk';
import * as z from 'zod';
import { kantataAccount } from './account.ts';
import type { Filters } from './client.ts';
import { capabilities, connector, probedWrite } from './client.ts';
import { explain } from './explain.ts';
import { resourceParam } from './markable-param.ts';
import { referenceParams } from './reference-params.ts';
import type { Ensured, Wanted } from './references.ts';
import { ensureRows, findEnsured } from './references.ts';
import { undoCreations } from './take-back.ts';

const recordList = z.array(z.looseObject({ ref: z.string().min(1), fields: z.record(z.string(), z.unknown()) }));

/** Creates a batch of rows that stand for records of another system, each once, however often the batch comes. */
export const createRecords = defineNode({
  ...connector,
  type: 'kantata.create-records',
  version: 1,
  title: 'Create many once',
  description: 'Creates the records of a batch that are not there yet, such as expenses or time entries.',
  synonyms: ['bulk', 'batch', 'import', 'expenses', 'time entries', 'insert many', 'external reference', 'psa'],
  credentials: { account: kantataAccount },
  params: {
    resource: resourceParam,
    records: param.expression({
      label: 'Records',
      help: 'List of objects with a ref, the id in the system they come from, and fields as in the Kantata API.',
      yields: 'array',
    }),
    serviceName: referenceParams.serviceName,
    serviceModel: referenceParams.serviceModel,
  },
  inputs: { in: anyPort('Input') },
  outputs: {
    done: port(
      z.object({
        created: z.int(),
        known: z.int(),
        ids: z.record(z.string(), z.string()),
        createdIds: z.array(z.string()),
        results: z.array(recordResultSchema),
      }),
      'Records',
    ),
  },
  resultsOf: 'records',
  capabilities,
  traits: probedWrite,
  sample: {
    done: {
      ...{ created: 1, known: 1, ids: { 'T-1001': '9101', 'T-1002': '9102' }, createdIds: ['9101'] },
      results: ['9101', '9102'].map((id) => ({ success: true, id, error: null })),
    },
  },
  explain,
  async run(context) {
    const { params, emit } = context;
    const records = recordsIn(params);
    const wanted = wantedRecords(records, params);
    return emit('done', summary(records, await ensureRows(context, params.resource, wanted, scopeOf(wanted))));
  },
  async probe(context) {
    const { params, emit } = context;
    const records = recordsIn(params);
    const wanted = wantedRecords(records, params);
    const references = wanted.map((one) => one.reference);
    const ensured = await findEnsured(context, params.resource, references, scopeOf(wanted));
    return ensured ? emit('done', summary(records, ensured)) : null;
  },
  /** Deletes the records that this step created. */
  undo: (context) => undoCreations(context, context.params.resource),
});

interface RecordParams {
  readonly records: JsonValue;
  readonly serviceName: string;
  readonly serviceModel: string;
}

type BatchRecord = z.infer<typeof recordList>[number];

function recordsIn({ records }: Pick<RecordParams, 'records'>): BatchRecord[] {
  const parsed = recordList.safeParse(recordsSent(records));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw nodeError('KANTATA_RECORDS_INVALID', {
      what: `Record ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`,
      fix: 'Let the expression give a list such as item.records.{ "ref": id, "fields": { "workspace_id": project } }.',
      owner: 'user',
      engine: 'stop',
    });
  }
  return parsed.data;
}

/** A record that comes twice in a batch is one: its first appearance counts. */
function wantedRecords(records: readonly BatchRecord[], names: Omit<RecordParams, 'records'>): Wanted[] {
  const { serviceName, serviceModel } = names;
  const first = new Map<string, Wanted>();
  for (const { ref, fields } of records)
    if (!first.has(ref))
      first.set(ref, { reference: { serviceName, serviceModel, ref }, fields: fields as JsonObject });
  return [...first.values()];
}

/** Looking for what an earlier attempt left behind is narrowed to the projects of the batch. */
function scopeOf(wanted: readonly Wanted[]): Filters {
  const projects = wanted.map(({ fields }) => fields['workspace_id']);
  return projects.every((project) => typeof project === 'string' && project !== '')
    ? { workspace_id: [...new Set(projects)].join(',') }
    : {};
}

const summary = (records: readonly BatchRecord[], ensured: readonly Ensured[]) => {
  const ids = new Map(ensured.map(({ ref, row }) => [ref, String(row['id'])]));
  const createdIds = ensured.filter((one) => one.created).map(({ row }) => String(row['id']));
  return {
    created: createdIds.length,
    known: ensured.length - createdIds.length,
    createdIds,
    ids: Object.fromEntries(ids),
    results: records.map(({ ref }) => ({ success: true, id: ids.get(ref) ?? null, error: null })),
  };
};
