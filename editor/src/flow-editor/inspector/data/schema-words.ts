import type { JsonValue } from '@waybill/flow-model';

const MAX_DEPTH = 8;

/** The shape of a value, one field per line, indented. Pure. */
export function schemaWords(value: JsonValue, depth = 0): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) {
    if (value.length === 0) return 'list';
    return depth >= MAX_DEPTH ? 'list' : `list of ${schemaWords(mergedItem(value), depth)}`;
  }
  if (typeof value !== 'object') return typeof value === 'string' ? stringKind(value) : typeof value;
  if (depth >= MAX_DEPTH) return 'object';
  const indent = '  '.repeat(depth + 1);
  const lines = Object.entries(value).map(([name, member]) => `${indent}${name}: ${schemaWords(member, depth + 1)}`);
  return lines.length === 0 ? 'object' : `object\n${lines.join('\n')}`;
}

const stringKind = (text: string): string =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text)
    ? 'text (date and time)'
    : /^\d{4}-\d\d-\d\d$/.test(text)
      ? 'text (date)'
      : 'text';

/** Fields of all items together, so that one with gaps does not hide a field. */
function mergedItem(items: JsonValue[]): JsonValue {
  const objects = items
    .slice(0, 50)
    .filter(
      (item): item is Record<string, JsonValue> => typeof item === 'object' && item !== null && !Array.isArray(item),
    );
  return objects.length === 0 ? (items[0] ?? null) : Object.assign({}, ...objects.toReversed());
}
