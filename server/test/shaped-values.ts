/** Values made by chance that fit a JSON schema nearly always: what gets past the first check and into the code behind. */

/** A repeatable number below `below`. */
export type Chance = (below: number) => number;

export function seeded(seed: number): Chance {
  let state = Math.imul(seed + 1, 2_654_435_761);
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) | 0;
    return (state >>> 0) % below;
  };
}

export interface JsonSchema {
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema | boolean;
  minItems?: number;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  format?: string;
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
}

const oddTexts = [
  '',
  ' ',
  'a',
  'P-1',
  'hooked',
  'core.map',
  '__proto__',
  'constructor',
  '../../etc/passwd',
  '%00',
  '\u0000',
  '\ud800',
  'ü'.repeat(50),
  '{{x}}',
  '$.a[0]',
  '=1+1',
  "'; drop",
  '2026-02-30',
  '1e999',
  '-0',
];
const oddValues: unknown[] = [null, true, 0, -1, 1e308, 2 ** 53, [], {}, [[[]]], { $: 'input.' }, 'text'];

const pick = <T>(chance: Chance, from: readonly T[]): T => from[chance(from.length)] as T;

export const oddText = (chance: Chance): string => pick(chance, oddTexts);

function textFor(schema: JsonSchema, chance: Chance): string {
  if (schema.format === 'email') return `someone${chance(1_000)}@example.com`;
  if (schema.format === 'date-time') return '2026-12-01T08:00:00Z';
  if (schema.format === 'date') return '2026-12-01';
  if (schema.format === 'uri') return 'https://example.com/';
  const text = oddText(chance).padEnd(schema.minLength ?? 0, 'x');
  return text.slice(0, schema.maxLength ?? text.length);
}

/** @param known texts that mean something where a field has this name: ids of what is there. */
export function shapedValue(
  schema: JsonSchema,
  chance: Chance,
  known: Readonly<Record<string, readonly string[]>>,
  root: JsonSchema = schema,
  name = '',
  depth = 0,
): unknown {
  if (chance(25) === 0) return pick(chance, oddValues);
  const deeper = (inner: JsonSchema, field = name) => shapedValue(inner, chance, known, root, field, depth + 1);
  if (schema.$ref) return depth > 6 ? null : deeper(resolveRef(root, schema.$ref));
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return pick(chance, schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return deeper(pick(chance, choices));
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => deeper(part)));
  const type = Array.isArray(schema.type) ? pick(chance, schema.type) : schema.type;
  switch (type) {
    case 'object': {
      const made: Record<string, unknown> = {};
      for (const [field, inner] of Object.entries(schema.properties ?? {}))
        if (schema.required?.includes(field) || chance(2) === 0) made[field] = deeper(inner, field);
      if (typeof schema.additionalProperties === 'object' && depth < 5)
        for (let count = chance(3); count > 0; count -= 1) made[`k${count}`] = deeper(schema.additionalProperties);
      return made;
    }
    case 'array': {
      const inner = typeof schema.items === 'object' ? schema.items : {};
      const length = depth > 5 ? 0 : Math.max(schema.minItems ?? 0, chance(4));
      return Array.from({ length }, () => deeper(inner));
    }
    case 'integer':
    case 'number': {
      const low = Math.max(schema.minimum ?? 0, -1_000);
      const high = Math.min(schema.maximum ?? low + 1_000, low + 1_000);
      return pick(chance, [low, high, low + chance(Math.max(1, Math.floor(high - low)))]);
    }
    case 'boolean':
      return chance(2) === 0;
    case 'null':
      return null;
    case 'string':
      return known[name] && chance(3) > 0 ? pick(chance, known[name]) : textFor(schema, chance);
    default:
      return pick(chance, oddValues);
  }
}

function resolveRef(root: JsonSchema, ref: string): JsonSchema {
  if (ref === '#') return root;
  return root.$defs?.[ref.replace('#/$defs/', '')] ?? {};
}
