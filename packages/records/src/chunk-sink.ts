/** The part of a sink that runs next to the stages: what leaves the isolate is as small as the sink allows. */
import { flowError } from '@waybill/flow-model';
import type { JsonObject, JsonValue, RecordSink } from '@waybill/node-sdk';
import type { ChunkStand } from './chunk.ts';
import type { Item } from './chunk-rows.ts';
import type { PlainRecord } from './columns.ts';
import { recordFault } from './record-fault.ts';
import type { RecordExpression, StageTools } from './stages.ts';
import { fieldsOf, recordExpression } from './stages.ts';
import type { Group } from './totals.ts';
import { addValue, isAddable, newMeasure } from './totals.ts';
import { csvHeader, csvLine, surplusFields } from './written-lines.ts';

export interface ChunkSink {
  /** @throws Error whose message says what is wrong with the record. */
  take(item: Item): Promise<void> | undefined;
  end(): { body: string; writtenColumns: string[] | null; groups: [string, Group][]; list: JsonValue[] };
}

const nothing = { body: '', writtenColumns: null, groups: [], list: [] };

export function chunkSink(sink: RecordSink, stand: ChunkStand, tools: Pick<StageTools, 'evaluate'>): ChunkSink {
  switch (sink.into) {
    case 'totals':
      return totalsSink(sink, tools);
    case 'file':
      return sink.format === 'csv' ? csvSink(sink, stand) : linesSink();
    case 'batches':
      return batchLinesSink(sink, tools);
    case 'list': {
      const list: JsonValue[] = [];
      return {
        take(item) {
          if (list.length < stand.room) list.push(item.record);
          return undefined;
        },
        end: () => ({ ...nothing, list }),
      };
    }
  }
}

function linesSink(): ChunkSink {
  const lines: string[] = [];
  return {
    take(item) {
      lines.push(JSON.stringify(item.record));
      return undefined;
    },
    end: () => ({ ...nothing, body: lines.length > 0 ? `${lines.join('\n')}\n` : '' }),
  };
}

/** Lines of number, key and record, each as JSON, with tabs between: JSON has none of its own. */
function batchLinesSink(
  sink: Extract<RecordSink, { into: 'batches' }>,
  tools: Pick<StageTools, 'evaluate'>,
): ChunkSink {
  const key = sink.key.trim() === '' ? null : recordExpression(sink.key, 'sink', tools);
  const lines: string[] = [];
  const add = ({ record, row }: Item, found: unknown): void => {
    if (key && typeof found !== 'number' && (typeof found !== 'string' || found.trim() === ''))
      throw recordFault(
        'it has no key',
        'Fill in what the key is made of, or correct the key in the step that makes batches.',
      );
    lines.push(`${row}\t${key ? JSON.stringify(String(found)) : ''}\t${JSON.stringify(record)}`);
  };
  return {
    take(item) {
      const found = key?.({ record: item.record, row: item.row, values: sink.values });
      if (found instanceof Promise) return found.then((later) => add(item, later));
      add(item, found);
      return undefined;
    },
    end: () => ({ ...nothing, body: lines.length > 0 ? `${lines.join('\n')}\n` : '' }),
  };
}

function csvSink(sink: Extract<RecordSink, { into: 'file' }>, stand: ChunkStand): ChunkSink {
  let columns = stand.writtenColumns;
  let known = new Set(columns);
  const lines: string[] = [];
  const open = (record: PlainRecord): string[] => {
    const names = sink.columns.length > 0 ? sink.columns : Object.keys(record);
    known = new Set(names);
    lines.push(csvHeader(names, sink.delimiter));
    return names;
  };
  return {
    take({ record }) {
      columns ??= open(record);
      // With columns chosen by a person, the other fields are left out on purpose.
      const surplus = sink.columns.length > 0 ? [] : surplusFields(record, known);
      if (surplus.length > 0) throw new Error(`the file has no column for ${surplus.slice(0, 5).join(', ')}`);
      lines.push(csvLine(record, columns, sink.delimiter));
      return undefined;
    },
    end: () => ({ ...nothing, body: lines.join(''), writtenColumns: columns }),
  };
}

function totalsSink(sink: Extract<RecordSink, { into: 'totals' }>, tools: Pick<StageTools, 'evaluate'>): ChunkSink {
  const groups = new Map<string, Group>();
  const by = fieldsOf(sink.groupBy, 'totals', tools).map(({ expression }) => expression);
  const measures = sink.measures.map(({ name, kind, expression }) => ({
    name,
    kind,
    value: expression.trim() === '' ? () => 1 : recordExpression(expression, 'totals', tools),
  }));
  const values = measures.map(({ value }) => value);
  /** Groups by one text are found by it, without making a key of it first. */
  const byText = new Map<string, Group>();
  const add = (keys: unknown[], found: unknown[]): void => {
    for (const key of keys)
      if (typeof key === 'object' && key !== null) throw new Error('a value to group by is a list or an object');
    for (let index = 0; index < measures.length; index += 1) check(index, found[index]);
    const only = keys.length === 1 ? keys[0] : undefined;
    const known = typeof only === 'string' ? byText.get(only) : undefined;
    const group = known ?? groupFor(keys);
    for (let index = 0; index < measures.length; index += 1) {
      const { kind } = measures[index] as (typeof measures)[number];
      addValue(group.measures[index] as Group['measures'][number], kind, found[index]);
    }
  };
  /** Before anything is added, so that a record counts in all its totals or in none. */
  const check = (index: number, value: unknown): void => {
    const { name, kind } = measures[index] as (typeof measures)[number];
    if (isAddable(kind, value)) return;
    const wanted = kind === 'sum' || kind === 'average' ? 'is not a number' : 'has no order';
    throw new Error(`${name}: ${JSON.stringify(value)?.slice(0, 60)} ${wanted}`);
  };
  const groupFor = (keys: unknown[]): Group => {
    const only = keys.length === 1 ? keys[0] : undefined;
    const key = keys.length === 0 ? '' : typeof only === 'string' ? `"${only}` : JSON.stringify(keys);
    const known = groups.get(key);
    if (known) return known;
    if (groups.size >= sink.maxGroups) throw tooManyGroups(sink.maxGroups);
    const made: Group = { by: keys.map((each) => (each ?? null) as JsonValue), measures: measures.map(newMeasure) };
    groups.set(key, made);
    if (typeof only === 'string') byText.set(only, made);
    return made;
  };
  return {
    take({ record, row }) {
      const scope = { record, row, values: sink.values as JsonObject };
      const keys = evaluated(by, scope);
      const found = evaluated(values, scope);
      if (keys instanceof Promise || found instanceof Promise)
        return Promise.all([keys, found]).then(([each, late]) => add(each, late));
      add(keys, found);
      return undefined;
    },
    end: () => ({ ...nothing, groups: [...groups] }),
  };
}

function evaluated(expressions: readonly RecordExpression[], scope: Parameters<RecordExpression>[0]) {
  const values: unknown[] = [];
  let isLater = false;
  for (const expression of expressions) {
    const value = expression(scope);
    if (value instanceof Promise) isLater = true;
    values.push(value);
  }
  return isLater ? Promise.all(values) : values;
}

export const tooManyGroups = (maxGroups: number) =>
  flowError('RECORDS_TOO_MANY_GROUPS', {
    what: `The totals have more than ${maxGroups} groups.`,
    fix: 'Group by something with fewer values, or raise the limit in the step.',
    owner: 'user',
    engine: 'stop',
  });
