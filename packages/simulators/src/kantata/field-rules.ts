/** What a collection accepts: unknown fields are dropped in silence, as the vendor does; the rest is checked. Pure. */
import type { Json, JsonObject } from '../kernel/json.ts';
import type { Collection, FieldKind } from './collections.ts';

export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/** @returns known fields of the body in stored form, and what is wrong with them. */
export function readFields(
  collection: Collection,
  body: JsonObject,
  exists: (collection: string, id: string) => boolean,
): { fields: JsonObject; problems: FieldProblem[] } {
  const fields: JsonObject = {};
  const problems: FieldProblem[] = [];
  for (const [name, kind] of Object.entries(collection.fields)) {
    const value = body[name];
    if (value === undefined) continue;
    const read = value === null || value === '' ? null : readValue(kind, value, exists);
    if (read === undefined) problems.push({ field: name, message: `${human(name)} is invalid` });
    else fields[name] = read;
  }
  return { fields, problems };
}

/** Problems of the record as it would be stored. */
export function recordProblems(collection: Collection, record: JsonObject): FieldProblem[] {
  const problems: FieldProblem[] = [];
  for (const [field, message] of Object.entries(collection.required)) {
    const value = record[field];
    if (value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0))
      problems.push({ field, message });
  }
  const minutes = record['time_in_minutes'];
  if (typeof minutes === 'number' && minutes <= 0)
    problems.push({ field: 'time_in_minutes', message: 'Time in minutes must be greater than 0' });
  const { start_date: start, due_date: due } = record;
  if (typeof start === 'string' && typeof due === 'string' && due < start) {
    problems.push({ field: 'due_date', message: 'Due date must be on or after the start date' });
  }
  return problems;
}

function readValue(
  kind: FieldKind,
  value: Json,
  exists: (collection: string, id: string) => boolean,
): Json | undefined {
  if (typeof kind === 'object') {
    if ('one' in kind) return typeof value === 'string' && kind.one.includes(value) ? value : undefined;
    const id = String(value);
    return exists(kind.ref, id) ? id : undefined;
  }
  switch (kind) {
    case 'text':
      return typeof value === 'object' ? undefined : String(value);
    case 'integer':
      return Number.isInteger(Number(value)) && typeof value !== 'boolean' ? Number(value) : undefined;
    case 'number':
      return Number.isFinite(Number(value)) ? Number(value) : undefined;
    case 'boolean':
      return value === true || value === 'true' || value === '1'
        ? true
        : value === false || value === 'false' || value === '0'
          ? false
          : undefined;
    case 'date':
      return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value) && !Number.isNaN(Date.parse(value))
        ? value.slice(0, 10)
        : undefined;
    case 'time':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? value : undefined;
    case 'ids':
      return (Array.isArray(value) ? value : String(value).split(',')).map(String);
  }
}

function human(name: string): string {
  const words = name.replace(/_ids?$/, '').replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
