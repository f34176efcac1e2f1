/**
 * Aggregation pipelines. A leading `$match`, `$sort`, `$skip`, `$limit` runs on the indexes; the rest runs in memory
 * in mingo, with `$match`, `$sort` and `$lookup` replaced so that they follow the filters' rules and use indexes.
 */
import { Aggregator } from 'mingo/aggregator';
import { type Iterator, Lazy } from 'mingo/lazy';
import * as pipelineOperators from 'mingo/operators/pipeline';
import type { Options } from 'mingo/types';
import { type DecodeOptions, decode, normalise } from './bson.ts';
import type { CollectionInfo } from './catalogue.ts';
import { badValue, UnsupportedFeatureError } from './errors.ts';
import { asServerError, expressionContext, mingoOptions, validateExpression, variablesOf } from './expressions.ts';
import { compileFilter } from './filter.ts';
import { type Key, keyOf } from './index-key.ts';
import { type Doc, isDoc } from './mongo.ts';
import { indexedValuesAt } from './paths.ts';
import { matching, type Query, selectRows } from './query.ts';
import { sortDocuments, sortSpec } from './sort.ts';
import type { Store } from './store.ts';
import { equalValues } from './value-order.ts';

const STAGES = [
  '$match',
  '$group',
  '$sort',
  '$project',
  '$unwind',
  '$lookup',
  '$limit',
  '$skip',
  '$count',
  '$facet',
  '$addFields',
  '$set',
  '$unset',
  '$replaceRoot',
  '$replaceWith',
  '$sortByCount',
  '$bucket',
  '$bucketAuto',
];

export interface AggregationInput {
  readonly store: Store;
  readonly database: string;
  readonly collection: CollectionInfo | undefined;
  readonly pipeline: unknown;
  readonly maxTimeMs: number;
  readonly hint: unknown;
  readonly decodeOptions: DecodeOptions | undefined;
}

/** Copies and checks a pipeline. @throws UnsupportedFeatureError naming the stage or operator. */
export function normalisePipeline(pipeline: unknown): Doc[] {
  if (!Array.isArray(pipeline)) throw badValue('A pipeline must be an array of stages');
  const stages = (normalise({ pipeline })['pipeline'] as unknown[]).map((stage) => {
    if (!isDoc(stage) || Object.keys(stage).length !== 1) {
      throw badValue('A pipeline stage specification object must contain exactly one field.');
    }
    return stage;
  });
  for (const stage of stages) validateStage(stage);
  return stages;
}

function validateStage(stage: Doc): void {
  const [name, spec] = Object.entries(stage)[0]!;
  if (!STAGES.includes(name)) throw new UnsupportedFeatureError(`Aggregation stage ${name}`, STAGES.join(' '));
  switch (name) {
    case '$match':
      if (!isDoc(spec)) throw badValue('the match filter must be an expression in an object');
      compileFilter(spec);
      return;
    case '$sort':
      if (sortSpec(spec).length === 0) throw badValue('$sort stage must have at least one sort key');
      return;
    case '$facet':
      for (const inner of Object.values(isDoc(spec) ? spec : {})) normalisePipeline(inner);
      return;
    case '$lookup':
      if (!isDoc(spec) || typeof spec['from'] !== 'string') throw badValue("$lookup needs 'from'");
      if (spec['pipeline'] !== undefined) normalisePipeline(spec['pipeline']);
      validateExpression(spec['let']);
      return;
    case '$limit':
      if (!(Number(spec) > 0)) throw badValue('the limit must be positive');
      return;
    case '$skip':
      if (!(Number(spec) >= 0)) throw badValue('the skip must not be negative');
      return;
    default:
      validateExpression(spec);
  }
}

export function aggregate(input: AggregationInput): Doc[] {
  const stages = normalisePipeline(input.pipeline);
  const { query, rest } = splitLeading(stages, input);
  const rows = input.collection === undefined ? [] : selectRows(input.store, input.collection, query);
  const docs = rows.map((row) => decode(row.bytes, input.decodeOptions));
  if (rest.length === 0) return docs;
  const load = (name: string, filter: Doc): Doc[] => {
    const foreign = input.store.catalogue.find(input.database, name);
    return foreign === undefined
      ? []
      : selectRows(input.store, foreign, matching(filter)).map((row) => decode(row.bytes));
  };
  const options = {
    ...mingoOptions,
    context: expressionContext(stageOperators(load) as never),
    collectionResolver: (name: string) => load(name, {}),
  } as unknown as Options;
  return asServerError(() => new Aggregator(rest, options).run<Doc>(docs));
}

/** What of the pipeline's head one query can do; each kind at most once, in the order a query applies them. */
function splitLeading(stages: readonly Doc[], input: AggregationInput): { query: Query; rest: Doc[] } {
  const rest = [...stages];
  const shift = (name: string): unknown => (rest[0] !== undefined && name in rest[0] ? rest.shift()![name] : undefined);
  const filter = (shift('$match') as Doc | undefined) ?? {};
  const sort = sortSpec(shift('$sort'));
  const skip = Number(shift('$skip') ?? 0);
  const limit = Number(shift('$limit') ?? 0);
  return { query: { filter, sort, skip, limit, maxTimeMs: input.maxTimeMs, hint: input.hint }, rest };
}

type Stage = (collection: Iterator, spec: Doc, options: Options) => Iterator;

function stageOperators(load: (name: string, filter: Doc) => Doc[]): Record<string, Stage> {
  const builtIn = pipelineOperators as unknown as Record<string, Stage>;
  return {
    ...Object.fromEntries(STAGES.map((name) => [name, builtIn[name]!])),
    $match: (collection, filter, options) => collection.filter(compileFilter(filter, variablesOf(options))),
    $sort: (collection, spec) => Lazy(sortDocuments(collection.collect<Doc>(), sortSpec(spec), (doc) => doc)),
    $lookup: (collection, spec, options) =>
      spec['pipeline'] === undefined
        ? Lazy(joined(collection.collect<Doc>(), spec, load))
        : builtIn['$lookup']!(collection, spec, options),
  };
}

/** Equality join: the foreign side is fetched by the values that occur, so an index on it is used. */
function joined(docs: Doc[], spec: Doc, load: (name: string, filter: Doc) => Doc[]): Doc[] {
  const { from, localField, foreignField, as } = spec;
  if (typeof localField !== 'string' || typeof foreignField !== 'string' || typeof as !== 'string') {
    throw badValue("$lookup needs 'localField', 'foreignField' and 'as', or a 'pipeline'");
  }
  const localValues = docs.map((doc) => indexedValuesAt(doc, localField.split('.')).values.map((v) => v ?? null));
  const wanted = new Map<Key, unknown>(localValues.flat().map((value) => [keyOf(value), value]));
  const foreign = wanted.size === 0 ? [] : load(String(from), { [foreignField]: { $in: [...wanted.values()] } });
  const byKey = new Map<Key, { value: unknown; doc: Doc; position: number }[]>();
  for (const [position, doc] of foreign.entries()) {
    for (const value of indexedValuesAt(doc, foreignField.split('.')).values) {
      const key = keyOf(value);
      byKey.set(key, [...(byKey.get(key) ?? []), { value, doc, position }]);
    }
  }
  return docs.map((doc, at) => {
    const matches = new Map<number, Doc>();
    for (const local of localValues[at]!) {
      for (const { value, doc: match, position } of byKey.get(keyOf(local)) ?? []) {
        if (equalValues(local, value)) matches.set(position, match);
      }
    }
    return { ...doc, [as]: [...matches].sort(([a], [b]) => a - b).map(([, match]) => match) };
  });
}
