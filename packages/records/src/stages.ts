/** The stages of a stream, fused: each record goes through all of them before the next one is looked at. */

import { assertNever, flowError } from '@waybill/flow-model';
import type { JsonObject, JsonValue, RecordStage } from '@waybill/node-sdk';
import type { Item } from './chunk-rows.ts';
import type { PlainRecord } from './columns.ts';
import { compileExpression } from './compiled-expression.ts';
import { recordFault } from './record-fault.ts';
import { undecided } from './undecided.ts';

/** What a stage may ask of the isolate it runs in. */
export interface StageTools {
  /** @throws with a `details.what` or message that says what is wrong with the expression or its data. */
  evaluate(expression: string, scope: JsonObject): Promise<JsonValue | undefined>;
  /** Rows of a lookup table by key, null where there is none. */
  lookUp(table: string, keys: JsonObject[]): Promise<(JsonObject | null)[]>;
  /** Ids of the same records in another system, null where there is no link. */
  counterparts(entity: string, fromSystem: string, toSystem: string, ids: string[]): Promise<(string | null)[]>;
  /** The functions of code stages, in the order of the stages. */
  code: readonly ((scope: object) => unknown)[];
}

export type RecordScope = { record: PlainRecord; row: number; values: JsonObject };
/** Gives a value, or a promise of one where JSONata has to be asked. */
export type RecordExpression = (scope: RecordScope) => unknown;

export function recordExpression(text: string, step: string, tools: Pick<StageTools, 'evaluate'>): RecordExpression {
  let compiled: ReturnType<typeof compileExpression>;
  try {
    compiled = compileExpression(text);
  } catch (thrown) {
    const why = String((thrown as { message?: unknown } | null)?.message ?? thrown).slice(0, 300);
    throw flowError('RECORD_EXPRESSION_INVALID', {
      what: `The expression ${JSON.stringify(text.slice(0, 200))} of step ${step} cannot be read: ${why}`,
      fix: 'Correct the expression in that step.',
      owner: 'user',
      engine: 'stop',
    });
  }
  const ask = (scope: RecordScope) => tools.evaluate(text, scope);
  if (!compiled) return ask;
  const decide = compiled;
  return (scope) => {
    try {
      return decide(scope);
    } catch (thrown) {
      if (thrown === undecided) return ask(scope);
      throw thrown;
    }
  };
}

/** The record that leaves the stage, null when it is left out. */
export type Stage =
  | { step: string; apply(item: Item): PlainRecord | null | Promise<PlainRecord | null> }
  /** Looked up together for all records of the chunk. */
  | {
      step: string;
      key(item: Item): JsonValue | Promise<JsonValue>;
      /** In the order of the keys, null where there is nothing. */
      ask(keys: JsonValue[]): Promise<(JsonValue | null)[]>;
      merge(item: Item, found: JsonValue | null, key: JsonValue): PlainRecord;
    };

type Fields = readonly { name: string; expression: RecordExpression }[];

/** Evaluates fields into `target`; a promise only if one of them is. */
function fill(target: PlainRecord, fields: Fields, scope: RecordScope): PlainRecord | Promise<PlainRecord> {
  for (let at = 0; at < fields.length; at += 1) {
    const { name, expression } = fields[at] as Fields[number];
    const value = expression(scope);
    if (value instanceof Promise) return fillLater(target, fields, scope, at, value);
    if (value !== undefined) target[name] = value as JsonValue;
  }
  return target;
}

async function fillLater(
  target: PlainRecord,
  fields: Fields,
  scope: RecordScope,
  from: number,
  first: Promise<unknown>,
): Promise<PlainRecord> {
  for (let at = from; at < fields.length; at += 1) {
    const { name, expression } = fields[at] as Fields[number];
    const value = at === from ? await first : await expression(scope);
    if (value !== undefined) target[name] = value as JsonValue;
  }
  return target;
}

export const fieldsOf = (
  fields: readonly { name: string; expression: string }[],
  step: string,
  tools: Pick<StageTools, 'evaluate'>,
): Fields => fields.map(({ name, expression }) => ({ name, expression: recordExpression(expression, step, tools) }));

const scopeOf = ({ record, row }: Item, values: JsonObject): RecordScope => ({ record, row, values });

/** Compiles the stages of a plan. @throws {FlowError} RECORD_EXPRESSION_INVALID */
export function compileStages(stages: readonly RecordStage[], tools: StageTools): Stage[] {
  const functions = [...tools.code];
  return stages.map((stage) => compileStage(stage, tools, functions));
}

/** @param functions those of the code stages that are left, the next one first. */
function compileStage(stage: RecordStage, tools: StageTools, functions: StageTools['code'][number][]): Stage {
  const { step } = stage;
  const values = stage.values as JsonObject;
  switch (stage.do) {
    case 'map': {
      const fields = fieldsOf(stage.fields, step, tools);
      const { keepOthers } = stage;
      return { step, apply: (item) => fill(keepOthers ? { ...item.record } : {}, fields, scopeOf(item, values)) };
    }
    case 'filter': {
      const keep = recordExpression(stage.keep, step, tools);
      return {
        step,
        apply(item) {
          const value = keep(scopeOf(item, values));
          if (value instanceof Promise) return value.then((later) => (isTrue(later) ? item.record : null));
          return isTrue(value) ? item.record : null;
        },
      };
    }
    case 'lookup': {
      const fields = fieldsOf(stage.key, step, tools);
      const { table, into, onMissing } = stage;
      return {
        step,
        key: (item) => fill({}, fields, scopeOf(item, values)),
        ask: (keys) => tools.lookUp(table, keys as JsonObject[]),
        merge(item, found, key) {
          if (!found && onMissing === 'error')
            throw recordFault(
              `the table "${table}" has no row for ${keyWords(key)}`,
              `Add it to the table, or correct the record.`,
            );
          return { ...item.record, [into]: found };
        },
      };
    }
    case 'counterpart': {
      const id = recordExpression(stage.id, step, tools);
      const { entity, fromSystem, toSystem, into, onMissing } = stage;
      return {
        step,
        key(item) {
          const value = id(scopeOf(item, values));
          return value instanceof Promise ? value.then((later) => idText(later, stage)) : idText(value, stage);
        },
        ask: (keys) => tools.counterparts(entity, fromSystem, toSystem, keys as string[]),
        merge(item, found, key) {
          if (found === null && onMissing === 'error')
            throw recordFault(
              `no ${entity} of ${toSystem} is linked to ${fromSystem} ${String(key)}`,
              `Link ${fromSystem} ${String(key)} to its counterpart in ${toSystem} in the crosswalk, then run these records again.`,
            );
          return { ...item.record, [into]: found };
        },
      };
    }
    case 'code': {
      const call = functions.shift();
      if (!call) throw new Error(`the code of step ${step} is not there`);
      return {
        step,
        apply(item) {
          const made = call({ ...scopeOf(item, values), record: { ...item.record } });
          return made instanceof Promise ? made.then(recordFromCode) : recordFromCode(made);
        },
      };
    }
    default:
      return assertNever(stage);
  }
}

const MAX_ID_CHARS = 512;

function idText(value: unknown, { entity, fromSystem }: Extract<RecordStage, { do: 'counterpart' }>): string {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value).trim() : '';
  if (text !== '' && text.length <= MAX_ID_CHARS) return text;
  throw recordFault(
    text === '' ? `it has no ${fromSystem} id of the ${entity}` : `its ${fromSystem} id of the ${entity} is too long`,
    'Fill in the id, or correct where the step takes it from.',
  );
}

const keyWords = (key: JsonValue): string =>
  Object.entries(key as JsonObject)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ')
    .slice(0, 200);

/** JSONata's idea of truth, for values that are data. */
function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isTrue);
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

function recordFromCode(made: unknown): PlainRecord | null {
  if (made === null || made === undefined) return null;
  if (typeof made !== 'object' || Array.isArray(made))
    throw new Error('the code gave back something that is no record');
  return made as PlainRecord;
}
