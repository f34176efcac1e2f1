/** One chunk of a stream: read its records, put each through all stages, hand what is left to the sink. */
import { FlowError } from '@waybill/flow-model';
import type { JsonValue } from '@waybill/node-sdk';
import { cellText } from './cell-text.ts';
import type { ChunkPlan, ChunkResult, ChunkStand, RecordError } from './chunk.ts';
import { MAX_CHUNK_ERRORS, MAX_SOURCE_CHARS } from './chunk.ts';
import type { Item } from './chunk-rows.ts';
import { readRows } from './chunk-rows.ts';
import { chunkSink } from './chunk-sink.ts';
import type { RowFault } from './columns.ts';
import type { Stage, StageTools } from './stages.ts';
import { compileStages } from './stages.ts';

type LookupStage = Extract<Stage, { ask: unknown }>;

/**
 * @returns the result, and the text for the file or the batches.
 * @throws {FlowError} what concerns the step and not one record, such as an expression that cannot be read.
 */
export async function processChunk(
  text: string,
  plan: ChunkPlan,
  stand: ChunkStand,
  tools: StageTools,
): Promise<{ result: ChunkResult; body: string }> {
  const stages = compileStages(plan.stages, tools);
  const sink = chunkSink(plan.sink, stand, tools);
  const errors: RecordError[] = [];
  /** Records that wait for the lookup of a stage. */
  const waiting = new Map<number, Item[]>();
  let rowsOut = 0;

  const taken: number[] = [];
  function took({ row }: Item): void {
    rowsOut += 1;
    if (plan.sink.into !== 'file') return;
    if (taken.at(-1) === row - 1) taken[taken.length - 1] = row;
    else taken.push(row, row);
  }

  const sourceOf = ({ from, to }: Pick<Item, 'from' | 'to'>): string => {
    if (plan.format.is === 'items') return '';
    const raw = text.slice(from, Math.min(to, from + MAX_SOURCE_CHARS)).replace(/\r?\n$/, '');
    return cellText(raw, stand.encoding) ?? raw;
  };
  const refuse = (item: Omit<Item, 'record'> & Partial<Item>, fault: RowFault, step: string | null): void => {
    const source = plan.format.is === 'items' && item.record ? JSON.stringify(item.record) : sourceOf(item);
    const { row, line } = item;
    errors.push({ row, line, step, ...fault, source: source.slice(0, MAX_SOURCE_CHARS) });
  };
  const refuseFor = (item: Item, thrown: unknown, step: string): void => {
    if (concernsStep(thrown)) throw thrown;
    refuse(item, faultOf(thrown), step);
  };

  /** Takes a record through the stages from `at` on. */
  function push(item: Item, at: number): Promise<void> | undefined {
    for (let index = at; index < stages.length; index += 1) {
      const stage = stages[index] as Stage;
      if ('ask' in stage) {
        const list = waiting.get(index);
        if (list) list.push(item);
        else waiting.set(index, [item]);
        return undefined;
      }
      try {
        const made = stage.apply(item);
        if (made instanceof Promise) return pushLater(item, index, stage.step, made);
        if (made === null) return undefined;
        item.record = made;
      } catch (thrown) {
        refuseFor(item, thrown, stage.step);
        return undefined;
      }
    }
    try {
      const taken = sink.take(item);
      if (taken) return sinkLater(item, taken);
      took(item);
    } catch (thrown) {
      refuseFor(item, thrown, 'sink');
    }
    return undefined;
  }

  async function sinkLater(item: Item, taken: Promise<void>): Promise<void> {
    try {
      await taken;
      took(item);
    } catch (thrown) {
      refuseFor(item, thrown, 'sink');
    }
  }

  async function pushLater(item: Item, at: number, step: string, made: Promise<Item['record'] | null>): Promise<void> {
    try {
      const record = await made;
      if (record === null) return;
      item.record = record;
    } catch (thrown) {
      refuseFor(item, thrown, step);
      return;
    }
    await push(item, at + 1);
  }

  async function lookUp(stage: LookupStage, index: number, items: Item[]): Promise<void> {
    const keyed: { item: Item; key: string }[] = [];
    const keys = new Map<string, JsonValue>();
    for (const item of items) {
      try {
        const key = await stage.key(item);
        const text = JSON.stringify(key);
        keys.set(text, key);
        keyed.push({ item, key: text });
      } catch (thrown) {
        refuseFor(item, thrown, stage.step);
      }
    }
    const rows = await stage.ask([...keys.values()]);
    const found = new Map([...keys.keys()].map((key, at) => [key, rows[at] ?? null]));
    for (const { item, key } of keyed) {
      try {
        item.record = stage.merge(item, found.get(key) ?? null, keys.get(key) ?? null);
      } catch (thrown) {
        refuseFor(item, thrown, stage.step);
        continue;
      }
      await push(item, index + 1);
    }
  }

  const end = await readRows(text, plan, stand, {
    take: (item) => push(item, 0),
    refuse: (item, fault) => refuse(item, fault, null),
    isFull: () => errors.length >= MAX_CHUNK_ERRORS,
  });
  for (const [index, stage] of stages.entries()) {
    const items = waiting.get(index);
    if ('ask' in stage && items) await lookUp(stage, index, items);
  }
  const { body, writtenColumns, groups, list } = sink.end();
  errors.sort((a, b) => a.row - b.row);
  const { consumed, rows, lines, columns, isOverlong, isFull } = end;
  const result = {
    consumed,
    rowsIn: rows,
    rowsOut,
    lines,
    columns,
    writtenColumns,
    errors,
    taken,
    isOverlong,
    isFull,
    groups,
    list,
  };
  return { result, body };
}

/** A mistake that every record would meet is the step's, not the record's. */
const concernsStep = (thrown: unknown): boolean =>
  thrown instanceof FlowError && thrown.code.startsWith('RECORD') === true;

function faultOf(thrown: unknown): RowFault {
  const details = (thrown as { details?: { what?: unknown; fix?: unknown } } | null)?.details;
  const message = (thrown as { message?: unknown } | null)?.message;
  const what = String(details?.what ?? message ?? thrown).slice(0, 1_000);
  const fix = typeof details?.fix === 'string' ? details.fix : 'Correct the record, or the step that refuses it.';
  return { column: null, what, fix };
}
