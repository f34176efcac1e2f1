/**
 * Compares the JSON Schema of what a port emits with what the next port takes. Lenient on purpose: only what is said on
 * both sides can disagree, so `{}` fits everywhere, and an optional field may fill a required one.
 */
import type { JsonSchema, JsonValue } from './json.ts';

export interface SchemaMismatch {
  /** Dotted path of the field, empty for the value itself. */
  readonly path: string;
  readonly what: string;
  /** False when the value may still fit, e.g. a field that is not declared but could be there. */
  readonly certain: boolean;
}

const isSchema = (value: JsonValue | undefined): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Types a schema allows, or null if it does not say. */
function typesOf(schema: JsonSchema): string[] | null {
  if (typeof schema['type'] === 'string') return [schema['type']];
  if (Array.isArray(schema['type'])) return schema['type'].map(String);
  const values = allowedValues(schema);
  return values ? [...new Set(values.map(typeOfValue))] : null;
}

function typeOfValue(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

function allowedValues(schema: JsonSchema): JsonValue[] | null {
  if (schema['const'] !== undefined) return [schema['const']];
  return Array.isArray(schema['enum']) ? schema['enum'] : null;
}

const fitsType = (from: string, to: string[]): boolean =>
  to.includes(from) || (from === 'integer' && to.includes('number')) || (from === 'number' && to.includes('integer'));

function branchesOf(schema: JsonSchema): JsonSchema[] | null {
  const branches = schema['anyOf'] ?? schema['oneOf'];
  return Array.isArray(branches) ? branches.filter(isSchema) : null;
}

/** Why a value of `from` cannot, or may not, be taken where `to` is asked; null if nothing speaks against it. */
export function schemaMismatch(from: JsonSchema, to: JsonSchema, path = '', depth = 0): SchemaMismatch | null {
  // Schemas that refer or intersect are not followed; what they say is checked when a value arrives.
  if (depth > 12 || '$ref' in from || '$ref' in to || 'allOf' in from || 'allOf' in to) return null;
  const fromBranches = branchesOf(from);
  if (fromBranches) {
    const misfits = fromBranches.map((branch) => schemaMismatch(branch, to, path, depth + 1));
    // One fitting branch is enough: which branch a value takes is known only in the run.
    return misfits.every((misfit) => misfit !== null) ? (misfits[0] ?? null) : null;
  }
  const toBranches = branchesOf(to);
  if (toBranches) {
    const misfits = toBranches.map((branch) => schemaMismatch(from, branch, path, depth + 1));
    return misfits.every((misfit) => misfit !== null)
      ? (misfits.find((misfit) => !misfit.certain) ?? misfits[0] ?? null)
      : null;
  }
  return typeMismatch(from, to, path) ?? valueMismatch(from, to, path) ?? partMismatch(from, to, path, depth);
}

function typeMismatch(from: JsonSchema, to: JsonSchema, path: string): SchemaMismatch | null {
  const given = typesOf(from);
  const taken = typesOf(to);
  if (!given || !taken || given.length === 0 || given.some((type) => fitsType(type, taken))) return null;
  return { path, what: `gives ${given.join(' or ')} where ${taken.join(' or ')} is taken`, certain: true };
}

function valueMismatch(from: JsonSchema, to: JsonSchema, path: string): SchemaMismatch | null {
  const given = allowedValues(from);
  const taken = allowedValues(to);
  if (!given || !taken) return null;
  const known = new Set(taken.map((value) => JSON.stringify(value)));
  if (given.some((value) => known.has(JSON.stringify(value)))) return null;
  return {
    path,
    what: `gives ${given.map((v) => JSON.stringify(v)).join(', ')}, none of which is taken`,
    certain: true,
  };
}

function partMismatch(from: JsonSchema, to: JsonSchema, path: string, depth: number): SchemaMismatch | null {
  if (isSchema(from['items']) && isSchema(to['items'])) {
    return schemaMismatch(from['items'], to['items'], `${path}[]`, depth + 1);
  }
  const given = from['properties'];
  const taken = to['properties'];
  if (!isSchema(given) || !isSchema(taken)) return null;
  const required = Array.isArray(to['required']) ? to['required'].map(String) : [];
  let doubt: SchemaMismatch | null = null;
  for (const [name, wanted] of Object.entries(taken)) {
    const at = path === '' ? name : `${path}.${name}`;
    const offered = given[name];
    if (offered === undefined) {
      if (!required.includes(name)) continue;
      const closed = from['additionalProperties'] === false;
      const missing = { path: at, what: `does not give the required field "${at}"`, certain: closed };
      if (closed) return missing;
      doubt ??= missing;
    } else if (isSchema(offered) && isSchema(wanted)) {
      const inner = schemaMismatch(offered, wanted, at, depth + 1);
      if (inner?.certain) return inner;
      doubt ??= inner;
    }
  }
  return doubt;
}

/** Whether a value of `from` may be handed to a port of `to`; false only when it certainly cannot be. */
export const isAssignable = (from: JsonSchema, to: JsonSchema): boolean => schemaMismatch(from, to)?.certain !== true;
