/** What a step gets to see, gathered from what led to it. Pure. */
import type { JsonValue } from '@waybill/flow-model';
import type { CompiledFlow, CompiledNode } from './compile-flow.ts';
import { corrected } from './going-back.ts';
import type { Correction, StepKey, StoredValue } from './journal-record.ts';
import { edgeState } from './propagate.ts';
import type { RunState, ScopeState } from './run-state.ts';
import { nodeIdOf, prefixOf } from './run-state.ts';

/** One value, several by name, one item of a stored list, or any of these with what a person corrected in it. */
export type Source =
  | { stored: StoredValue }
  | { parts: Record<string, Source> }
  | { item: StoredValue; index: number }
  | { source: Source; corrections: readonly Correction[] };

/** By input port. */
export type StepSources = Record<string, Source>;

const NOTHING: Source = { stored: { v: null } };

/** Port that a step without wired inputs gets its item or trigger data on. */
const onlyPort = (node: CompiledNode): string => node.inputPorts[0] ?? 'input';

export function sourcesOf(compiled: CompiledFlow, state: RunState, scope: ScopeState, node: CompiledNode): StepSources {
  const edited = scope.steps.get(node.id)?.edited;
  if (edited) return editedSources(node, edited.v);
  const key = scope.prefix + node.id;
  const editedThen = editedInReplay(state, key);
  const sources = editedThen ? editedSources(node, editedThen.v) : arrivedSources(compiled, state, scope, node);
  const corrections = state.corrections.get(key);
  if (!corrections) return sources;
  const port = onlyPort(node);
  return { ...sources, [port]: { source: sources[port] ?? NOTHING, corrections } };
}

function arrivedSources(compiled: CompiledFlow, state: RunState, scope: ScopeState, node: CompiledNode): StepSources {
  if (node.incoming.length === 0) {
    const value = scope.container === null ? { stored: state.start.input } : itemOf(compiled, state, scope);
    return { [onlyPort(node)]: value };
  }
  const byPort: Record<string, { from: string; stored: StoredValue }[]> = {};
  for (const edge of node.incoming) {
    if (edgeState(scope, edge) !== 'taken') continue;
    const stored = scope.steps.get(edge.from.id)?.output;
    if (!stored) continue;
    const list = byPort[edge.toPort];
    if (list) list.push({ from: edge.from.id, stored });
    else byPort[edge.toPort] = [{ from: edge.from.id, stored }];
  }
  const sources: StepSources = {};
  for (const port in byPort) {
    const arrived = byPort[port] ?? [];
    sources[port] =
      arrived.length === 1 && arrived[0]
        ? { stored: arrived[0].stored }
        : { parts: Object.fromEntries(arrived.map(({ from, stored }) => [from, { stored }])) };
  }
  return sources;
}

function editedInReplay(state: RunState, key: StepKey): { v: JsonValue } | null {
  const { replay } = state.start;
  return replay?.edited && replay.from === key ? { v: replay.edited.after } : null;
}

function editedSources(node: CompiledNode, value: JsonValue): StepSources {
  if (node.inputPorts.length <= 1 || typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { [onlyPort(node)]: { stored: { v: value } } };
  }
  return Object.fromEntries(Object.entries(value).map(([port, each]) => [port, { stored: { v: each } }]));
}

/** The item an iteration works on; a scope's body has one, the value itself. */
export function itemOf(compiled: CompiledFlow, state: RunState, scope: ScopeState): Source {
  if (scope.container === null) return NOTHING;
  const node = compiled.nodes.get(nodeIdOf(scope.container));
  const body = node && state.scopes.get(prefixOf(scope.container))?.steps.get(node.id)?.body;
  if (!node || !body) return NOTHING;
  const part = body.parts?.[scope.index];
  if (part) return { stored: part };
  return node.manifest.container === 'scope' ? { stored: body.items } : { item: body.items, index: scope.index };
}

/** `input` of expressions: the value on the only port, or an object by port. */
export function scopeInput(node: CompiledNode, sources: StepSources): Source {
  if (node.inputPorts.length > 1) return { parts: sources };
  for (const port in sources) return sources[port] as Source;
  return NOTHING;
}

/** Outputs visible from a scope: its own and those around it; the inner one wins. */
export function visibleSteps(
  compiled: CompiledFlow,
  state: RunState,
  scope: ScopeState,
  node: CompiledNode,
): Record<string, StoredValue> {
  const visible: Record<string, StoredValue> = {};
  const { steps } = node.reads;
  if (steps !== 'all' && steps.length === 0) return visible;
  for (const around of scopesAround(state, scope)) {
    const names = steps === 'all' ? around.steps.keys() : steps;
    for (const name of names) {
      const output = around.steps.get(name)?.output;
      if (output && !(name in visible) && compiled.nodes.has(name)) visible[name] = output;
    }
  }
  return visible;
}

function* scopesAround(state: RunState, scope: ScopeState): Generator<ScopeState> {
  for (let each: ScopeState | undefined = scope; each; ) {
    yield each;
    each = each.container === null ? undefined : state.scopes.get(prefixOf(each.container));
  }
}

/** The innermost iteration of a `for each` that a scope is part of. */
export function iterationAround(compiled: CompiledFlow, state: RunState, scope: ScopeState): ScopeState | null {
  for (const each of scopesAround(state, scope)) {
    if (each.container === null) return null;
    if (compiled.nodes.get(nodeIdOf(each.container))?.manifest.container === 'each') return each;
  }
  return null;
}

/** Blobs a source refers to. */
export function storedIn(source: Source): StoredValue[] {
  if ('stored' in source) return [source.stored];
  if ('item' in source) return [source.item];
  if ('source' in source) return storedIn(source.source);
  return Object.values(source.parts).flatMap(storedIn);
}

/** The value of a source whose blobs are at hand. */
export function sourceValue(source: Source, peek: (stored: StoredValue) => JsonValue | undefined): JsonValue {
  if ('stored' in source) return peek(source.stored) ?? null;
  if ('item' in source) {
    const list = peek(source.item);
    return Array.isArray(list) ? (list[source.index] ?? null) : null;
  }
  if ('source' in source) return corrected(sourceValue(source.source, peek), source.corrections);
  const value: { [name: string]: JsonValue } = {};
  for (const name in source.parts) value[name] = sourceValue(source.parts[name] as Source, peek);
  return value;
}
