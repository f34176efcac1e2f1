import type { JsonObject, JsonSchema, JsonValue, ParamSpec } from '@waybill/flow-model';

declare const valueType: unique symbol;

/** A param of a node: its spec as data, and the type of the value `run` receives. */
export type Param<T> = ParamSpec & { readonly [valueType]?: T };
export type Params = Record<string, Param<unknown>>;

/** The resolved values handed to `run`. */
export type ValuesOf<P extends Params> = { readonly [K in keyof P]: P[K] extends Param<infer T> ? T : never };

interface Common<T> {
  label: string;
  help?: string;
  placeholder?: string;
  default?: T & JsonValue;
  expression?: boolean;
  when?: { param: string; is: JsonValue[] };
  group?: string;
  /** Optional, but once it is set it must come to something; found nothing, the step fails instead of going on without. */
  neverBlank?: boolean;
  /** Its value is for people who may see masked data. */
  masked?: boolean;
}
type Optional = { optional: true };
type ValueOf<T, O> = O extends Optional ? T | undefined : T;

const make =
  <T, Extra extends object>(kind: ParamSpec['kind']) =>
  <const O extends Common<T> & Extra & { optional?: boolean }>(options: O): Param<ValueOf<T, O>> =>
    ({ kind, ...options }) as unknown as Param<ValueOf<T, O>>;

/** Params of these kinds become form fields in the editor and are validated before `run`. */
export const param = {
  text: make<string, { multiline?: boolean; maxLength?: number; pattern?: string; picks?: 'file' }>('text'),
  integer: make<number, { min?: number; max?: number }>('integer'),
  number: make<number, { min?: number; max?: number }>('number'),
  boolean: make<boolean, object>('boolean'),
  /** Milliseconds. */
  duration: make<number, { minMs?: number; maxMs?: number }>('duration'),
  datetime: make<string, object>('datetime'),
  json: make<JsonValue, { schema?: JsonSchema }>('json'),
  mapping: make<JsonObject, { fields?: { name: string; label?: string; required?: boolean; schema?: JsonSchema }[] }>(
    'mapping',
  ),
  code: make<string, { language: 'typescript' | 'jsonata' | 'sql' | 'soql' | 'json'; names?: string[] }>('code'),
  /** JSONata text; `run` receives what it evaluated to. */
  expression: make<JsonValue, { yields?: 'boolean' | 'string' | 'number' | 'array' | 'any' }>('expression'),
  cron: make<string, object>('cron'),
  timezone: make<string, object>('timezone'),
  flow: make<string, object>('flow'),
  table: make<string, object>('table'),
  people: make<string[], object>('people'),
  /** Id of an earlier step in the same container, for an outcome that goes back to it. */
  step: make<string, object>('step'),
  choice: <
    const V extends string,
    const O extends Omit<Common<V>, 'default'> & { optional?: boolean; default?: NoInfer<V> },
  >(
    options: O & { options: readonly (V | { value: V; label: string })[] },
  ): Param<ValueOf<V, O>> =>
    ({
      kind: 'choice',
      ...options,
      options: options.options.map((option) =>
        typeof option === 'string' ? { value: option, label: option } : option,
      ),
    }) as unknown as Param<ValueOf<V, O>>,
  list: <const P extends Params, const O extends Common<JsonValue> & { optional?: boolean }>(
    options: O & { item: P },
  ): Param<ValueOf<ValuesOf<P>[], O>> => ({ kind: 'list', ...options }) as unknown as Param<ValueOf<ValuesOf<P>[], O>>,
};
