/**
 * Fields that only people with the right to see masked data see: pay, cost rates, bank accounts.
 *
 * - A field is known by its name, whatever stands around it: `costRate`, `cost_rate` and `Cost rate` are one name.
 * - What is under such a name is hidden whole, lists and objects too. Empty stays empty.
 * - Beside it, in texts and under other names, the same value is hidden too, unless it is a very short one. What an
 *   expression made of it, a sum or a part, is not followed: name that field as well.
 */
import type { Flow } from './flow.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { NodeCatalog } from './manifest.ts';
import { manifestKey } from './manifest.ts';

/** Stands where a value is hidden. Sent back in an edit, it means: leave it as it is. */
export const maskedText = '•••';

/** Field names as `maskKey` writes them. */
export type MaskedNames = ReadonlySet<string>;

export const maskKey = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** Fields masked in runs of this flow: named by its settings, by its nodes, and `always`. */
export function maskedNamesOf(flow: Flow, catalog: NodeCatalog, always: readonly string[] = []): MaskedNames {
  const manifests = Object.values(flow.nodes).flatMap(
    (node) => catalog.get(manifestKey(node.type, node.version)) ?? [],
  );
  const ofNodes = manifests.flatMap(({ masked = [], params }) => [
    ...masked,
    ...Object.entries(params).flatMap(([name, spec]) => (spec.masked ? [name] : [])),
  ]);
  return new Set([...always, ...(flow.settings.masked ?? []), ...ofNodes].map(maskKey));
}

export const isMasked = (names: MaskedNames, field: string): boolean => names.size > 0 && names.has(maskKey(field));

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isEmpty = (value: JsonValue): boolean => value === null || value === '';

/**
 * The value as everybody may see it, hidden values in its words left out too; itself when nothing in it is hidden.
 * @param also hidden values from elsewhere that its words may repeat.
 */
export function masked(value: JsonValue, names: MaskedNames, also: readonly JsonValue[] = []): JsonValue {
  const hidden = [...hiddenIn(value, names), ...also];
  return hidden.length === 0 ? value : wordsWithout(hideFields(value, names), textFilter(hidden));
}

function hideFields(value: JsonValue, names: MaskedNames): JsonValue {
  if (names.size === 0 || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    return value.map((item) => hideFields(item, names));
  }
  const isHidden = hiddenMembers(value, names);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      !isEmpty(member) && isHidden(name) ? maskedText : hideFields(member, names),
    ]),
  );
}

/** Which members of an object are hidden. A pair of label (or name) and value is a field too. */
function hiddenMembers({ label, name }: JsonObject, names: MaskedNames): (member: string) => boolean {
  const isField = [label, name].some((text) => typeof text === 'string' && isMasked(names, text));
  return (member) => isMasked(names, member) || (isField && (member === 'value' || member === 'default'));
}

/** Every value that `masked` would hide. */
export function hiddenIn(value: JsonValue, names: MaskedNames): JsonValue[] {
  if (names.size === 0 || typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item) => hiddenIn(item, names));
  const isHidden = hiddenMembers(value, names);
  return Object.entries(value).flatMap(([name, member]) => {
    if (isEmpty(member)) return [];
    return isHidden(name) ? [member] : hiddenIn(member, names);
  });
}

/**
 * An edited value with what was hidden from its editor put back from the original.
 * @param also what `masked` was given when the value was shown.
 * @returns paths at which something hidden is not to be found in the original; then `value` must not be used.
 */
export function unmasked(
  edited: JsonValue,
  original: JsonValue,
  names: MaskedNames,
  also: readonly JsonValue[] = [],
): { value: JsonValue; missing: string[] } {
  const missing: string[] = [];
  const restore = (
    value: JsonValue,
    from: JsonValue | undefined,
    shown: JsonValue | undefined,
    path: string[],
    isHidden: boolean,
  ): JsonValue => {
    if (typeof value === 'string' && value.includes(maskedText)) {
      // As it was shown: its editor left it alone.
      if (from !== undefined && value === shown) return from;
      if (value === maskedText && isHidden) missing.push(path.join('.'));
      return value;
    }
    if (Array.isArray(value))
      return value.map((item, at) => restore(item, itemOf(from, at), itemOf(shown, at), [...path, String(at)], false));
    if (!isObject(value)) return value;
    const isHiddenMember = hiddenMembers(value, names);
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        name,
        restore(member, memberOf(from, name), memberOf(shown, name), [...path, name], isHiddenMember(name)),
      ]),
    );
  };
  const value = names.size === 0 ? edited : restore(edited, original, masked(original, names, also), [], false);
  return { value, missing };
}

const itemOf = (value: JsonValue | undefined, at: number) => (Array.isArray(value) ? value[at] : undefined);
const memberOf = (value: JsonValue | undefined, name: string) => (isObject(value) ? value[name] : undefined);

const shortestSecret = 3;
/** A shorter number is too often the same by chance. */
const shortestNumber = 4;
/** Values of several words are looked for one by one, in this many texts at most. */
const mostPhrases = 50;
/** Words and numbers as they stand in a text: `DE02`, `9000.50`, `anna@firm.example`. */
const word = /[\p{L}\p{N}]+(?:[.,:@+_-][\p{L}\p{N}]+)*/gu;

/** Takes hidden values out of texts. One pass, however many there are. */
function textFilter(hidden: readonly JsonValue[]): (text: string) => string {
  const texts = hidden.flatMap(scalarsOf).filter((text) => text.length >= shortestSecret);
  const words = new Set(texts);
  const phrases = [...words]
    .filter((text) => text.replace(word, '') !== '')
    .toSorted((a, b) => b.length - a.length)
    .slice(0, mostPhrases);
  return (text) => {
    const rest = phrases.reduce((shown, phrase) => shown.replaceAll(phrase, maskedText), text);
    return rest.replace(word, (found) => (words.has(found) ? maskedText : found));
  };
}

function scalarsOf(value: JsonValue): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(scalarsOf) : [];
}

/** The same value under another name is hidden too. */
function wordsWithout(value: JsonValue, filter: (text: string) => string): JsonValue {
  if (typeof value === 'string') return filter(value);
  if (typeof value === 'number') {
    const text = String(value);
    return text.length >= shortestNumber && filter(text) === maskedText ? maskedText : value;
  }
  if (Array.isArray(value)) return value.map((item) => wordsWithout(item, filter));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, wordsWithout(member, filter)]));
}

/** Text without hidden values that somebody or some system wrote into it. */
export const textWithout = (text: string, hidden: readonly JsonValue[]): string => textFilter(hidden)(text);
