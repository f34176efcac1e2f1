import type { JsonObject, JsonValue } from '@waybill/flow-model';

export interface Completion {
  label: string;
  /** What is typed in place of the text from `from` to the caret. */
  insert: string;
  detail: string;
}

export interface Completions {
  from: number;
  items: Completion[];
}

const functions: readonly [name: string, about: string][] = [
  ['$sum', 'total of numbers'],
  ['$count', 'how many'],
  ['$average', 'mean of numbers'],
  ['$max', 'largest number'],
  ['$min', 'smallest number'],
  ['$round', 'round to places'],
  ['$string', 'to text'],
  ['$number', 'to number'],
  ['$boolean', 'to yes or no'],
  ['$exists', 'is there a value'],
  ['$not', 'the opposite'],
  ['$uppercase', 'to capitals'],
  ['$lowercase', 'to small letters'],
  ['$trim', 'without outer spaces'],
  ['$substring', 'part of a text'],
  ['$substringBefore', 'text before a mark'],
  ['$substringAfter', 'text after a mark'],
  ['$contains', 'text holds'],
  ['$split', 'text to list'],
  ['$join', 'list to text'],
  ['$replace', 'exchange text'],
  ['$now', 'this moment, ISO 8601'],
  ['$millis', 'this moment in ms'],
  ['$toMillis', 'ISO 8601 to ms'],
  ['$fromMillis', 'ms to ISO 8601'],
  ['$formatNumber', 'number as text'],
  ['$map', 'change each item'],
  ['$filter', 'keep some items'],
  ['$reduce', 'fold a list'],
  ['$sort', 'put in order'],
  ['$distinct', 'without repeats'],
  ['$append', 'join two lists'],
  ['$merge', 'join objects'],
  ['$keys', 'field names'],
  ['$lookup', 'field by name'],
  ['$type', 'kind of value'],
];

/** A value in a few characters, beside its name in lists. Pure. */
export function briefly(value: JsonValue | undefined): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.length === 1 ? 'list of 1' : `list of ${value.length}`;
  if (value === null) return 'null';
  if (typeof value === 'object') return `{ ${Object.keys(value).slice(0, 3).join(', ')} }`;
  const text = typeof value === 'string' ? `“${value}”` : String(value);
  return text.length > 32 ? `${text.slice(0, 31)}…` : text;
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** JSONata maps paths over lists, so a list offers the fields of its first object. */
function fieldsOf(value: JsonValue | undefined): JsonObject {
  if (Array.isArray(value)) return fieldsOf(value.find((item) => isObject(item)));
  return isObject(value) ? value : {};
}

const quoted = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : `\`${name}\``);

/** What can follow the text before the caret, from the fields of real or example data. Null inside a string. Pure. */
export function completionsAt(text: string, caret: number, scope: JsonObject): Completions | null {
  const before = text.slice(0, caret);
  if (((before.match(/(?<!\\)"/g)?.length ?? 0) & 1) === 1) return null;
  const fn = /\$[A-Za-z]*$/.exec(before);
  if (fn && fn[0] !== '$$') {
    const items = functions
      .filter(([name]) => name.toLowerCase().startsWith(fn[0].toLowerCase()))
      .map(([name, about]): Completion => ({ label: name, insert: `${name}(`, detail: about }));
    return items.length > 0 ? { from: caret - fn[0].length, items } : null;
  }
  const path =
    /(?:[A-Za-z_]\w*|`[^`]*`)(?:\[[^\]]*\])?(?:\.(?:[A-Za-z_]\w*|`[^`]*`)(?:\[[^\]]*\])?)*\.?$/.exec(before)?.[0] ?? '';
  const parts = path.split('.').map((part) => part.replace(/\[[^\]]*\]$/, '').replaceAll('`', ''));
  const prefix = parts.pop() ?? '';
  let at: JsonValue | undefined = scope;
  for (const part of parts) at = fieldsOf(at)[part];
  const fields = fieldsOf(at);
  const items = Object.entries(fields)
    .filter(([name]) => name.toLowerCase().startsWith(prefix.toLowerCase()) && name !== prefix)
    .slice(0, 60)
    .map(([name, value]): Completion => ({ label: name, insert: quoted(name), detail: briefly(value) }));
  return items.length > 0 ? { from: caret - prefix.length, items } : null;
}

/** The expression for a field of the data shown, e.g. `input.lines[0].amount`. Pure. */
export function pathExpression(root: string, path: readonly (string | number)[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}.${quoted(part)}`),
    root,
  );
}
