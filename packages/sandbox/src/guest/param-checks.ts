import type { JsonValue, ParamSpec } from '@waybill/flow-model';
import { misfit } from './json-shape.ts';

const describe = (value: JsonValue): string => {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
};

function numberProblem(value: JsonValue, bounds: { min?: number | undefined; max?: number | undefined }) {
  if (typeof value !== 'number') return `is ${describe(value)}, expected a number`;
  if (bounds.min !== undefined && value < bounds.min) return `is ${value}, at least ${bounds.min} is allowed`;
  if (bounds.max !== undefined && value > bounds.max) return `is ${value}, at most ${bounds.max} is allowed`;
  return undefined;
}

const textProblem = (value: JsonValue): string | undefined =>
  typeof value === 'string' ? undefined : `is ${describe(value)}, expected text`;

/** A hundred years: what is later than that is no date in every system. */
const longestDurationMs = 3_155_760_000_000;

/** Why a resolved value does not suit its param, or undefined. Lists are checked entry by entry elsewhere. */
export function paramProblem(value: JsonValue, spec: ParamSpec): string | undefined {
  switch (spec.kind) {
    case 'text': {
      if (typeof value !== 'string') return textProblem(value);
      if (spec.maxLength !== undefined && value.length > spec.maxLength)
        return `has ${value.length} characters, at most ${spec.maxLength} are allowed`;
      if (spec.pattern !== undefined && !new RegExp(spec.pattern).test(value))
        return `is ${describe(value)}, which does not match ${spec.pattern}`;
      return undefined;
    }
    case 'integer':
      return Number.isInteger(value) ? numberProblem(value, spec) : `is ${describe(value)}, expected a whole number`;
    case 'number':
      return numberProblem(value, spec);
    case 'duration':
      return numberProblem(value, { min: spec.minMs ?? 0, max: spec.maxMs ?? longestDurationMs });
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `is ${describe(value)}, expected true or false`;
    case 'choice':
      return spec.options.some((option) => option.value === value)
        ? undefined
        : `is ${describe(value)}, expected one of ${spec.options.map((option) => option.value).join(', ')}`;
    case 'datetime':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value))
        ? undefined
        : `is ${describe(value)}, expected a moment such as 2026-11-20T08:00:00Z`;
    case 'mapping': {
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        return `is ${describe(value)}, expected an object`;
      for (const field of spec.fields ?? []) {
        const entry = Object.hasOwn(value, field.name) ? value[field.name] : undefined;
        if (entry === undefined) {
          if (field.required) return `lacks the field ${field.name}`;
        } else if (field.schema) {
          const found = misfit(entry, field.schema, field.name);
          if (found) return `does not fit: ${found}`;
        }
      }
      return undefined;
    }
    case 'json': {
      const found = spec.schema ? misfit(value, spec.schema, 'it') : undefined;
      return found ? `does not fit: ${found}` : undefined;
    }
    case 'people':
      return Array.isArray(value) && value.every((entry) => typeof entry === 'string')
        ? undefined
        : `is ${describe(value)}, expected a list of people`;
    case 'list':
      return Array.isArray(value) ? undefined : `is ${describe(value)}, expected a list`;
    case 'code':
    case 'cron':
    case 'timezone':
    case 'flow':
    case 'step':
    case 'table':
      return textProblem(value);
    case 'expression':
      return undefined;
  }
}

/** What an expression yielded, in the form its param promises: JSONata lists of one collapse to their entry. */
export function asYielded(value: JsonValue | undefined, yields: string | undefined): JsonValue {
  if (yields !== 'array') return value ?? null;
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** Why the result of an expression param is not what it promises, or undefined. Nothing found is allowed. */
export function yieldProblem(value: JsonValue, yields: string | undefined): string | undefined {
  if (value === null || (yields !== 'string' && yields !== 'number')) return undefined;
  return typeof value === yields ? undefined : `yields ${describe(value)}, expected a ${yields}`;
}
