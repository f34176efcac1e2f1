/** Words for parts of a flow, shared by the read-back and by summaries of changes. */
import type { Flow } from './flow.ts';
import { isExpression } from './flow.ts';
import type { NodeId } from './ids.ts';
import type { NodeCatalog, NodeManifest, ParamSpec } from './manifest.ts';
import { ERROR_PORT, manifestKey } from './manifest.ts';

export const manifestOfNode = (flow: Flow, catalog: NodeCatalog, id: NodeId): NodeManifest | undefined => {
  const node = flow.nodes[id];
  return node && catalog.get(manifestKey(node.type, node.version));
};

/** A node by its title, else by what it does, else by its id; always in quotes. */
export function nodeWords(flow: Flow, catalog: NodeCatalog, id: NodeId): string {
  const title = flow.nodes[id]?.title;
  return `"${title ?? manifestOfNode(flow, catalog, id)?.title ?? id}"`;
}

export function portWords(flow: Flow, catalog: NodeCatalog, id: NodeId, port: string): string {
  if (port === ERROR_PORT) return 'Error';
  return manifestOfNode(flow, catalog, id)?.outputs[port]?.label ?? port;
}

const MOST_CHARS = 60;
const cut = (text: string): string => (text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS - 1)}…` : text);

/** A value in one short line; expressions are shown as they are written. */
export function valueWords(value: unknown, spec?: ParamSpec): string {
  if (value === undefined) return 'nothing';
  if (isExpression(value)) return cut(oneLine(value.$));
  if (spec?.kind === 'choice') return spec.options.find((option) => option.value === value)?.label ?? String(value);
  if (spec?.kind === 'duration' && typeof value === 'number') return durationWords(value);
  if (spec?.kind === 'expression' && typeof value === 'string') return cut(oneLine(value));
  if (typeof value === 'string') return `"${cut(oneLine(value))}"`;
  if (spec?.kind === 'list' && Array.isArray(value)) {
    return `${value.length} ${value.length === 1 ? 'entry' : 'entries'}`;
  }
  return isFields(value) ? fieldWords(value) : cut(JSON.stringify(value));
}

const isFields = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const MOST_FIELDS = 4;

function fieldWords(fields: Record<string, unknown>): string {
  const all = Object.entries(fields);
  const told = all
    .slice(0, MOST_FIELDS)
    .map(([name, value]) => `${name} = ${isFields(value) && !isExpression(value) ? '…' : valueWords(value)}`);
  return listWords(all.length > MOST_FIELDS ? [...told, `${all.length - MOST_FIELDS} more`] : told) || 'nothing';
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** `5400000` reads `90 minutes`: the largest unit that divides it evenly. */
export function durationWords(durationMs: number): string {
  const [unit, sizeMs] = UNITS.find(([, size]) => durationMs >= size && durationMs % size === 0) ?? ['millisecond', 1];
  const count = durationMs / sizeMs;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** `a, b and c`. */
export const listWords = (words: readonly string[], last = 'and'): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} ${last} ${words[words.length - 1]}`;
