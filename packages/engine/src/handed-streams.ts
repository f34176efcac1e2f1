/**
 * Record streams that a flow hands to a flow it calls. A source is opened with the connections of the step that named it,
 * and the called flow has no such step: so the source is named anew and the connections of that step go along with the
 * start of the called run. Only the engine writes them, so no data can name a connection that the calling flow lacks.
 */
import type { JsonObject, JsonValue } from '@waybill/flow-model';
import type { CompiledFlow } from './compile-flow.ts';
import type { RunStart, StepKey } from './journal-record.ts';
import { nodeIdOf } from './run-state.ts';

/** Begins the name of a source that the calling flow named; no step is called so. */
const CALLER = '^';

/** The connections that open a source, by slot; null for a source that neither this flow nor its callers named. */
export function sourceConnections(
  compiled: Pick<CompiledFlow, 'nodes'>,
  { streams }: Pick<RunStart, 'streams'>,
  origin: StepKey,
): Record<string, string> | null {
  if (origin.startsWith(CALLER)) return streams?.[origin] ?? null;
  const node = compiled.nodes.get(nodeIdOf(origin));
  return node ? (node.node.connections ?? {}) : null;
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A copy of a stream with its source named anew, and the old name; null for values that are none, or need no step. */
function renamed(value: JsonObject): { origin: string; stream: JsonObject } | null {
  const stream = value['$records'];
  const source = isObject(stream) ? stream['source'] : undefined;
  const origin = isObject(source) ? source['origin'] : undefined;
  if (!isObject(stream) || !isObject(source) || typeof origin !== 'string') return null;
  return { origin, stream: { ...value, $records: { ...stream, source: { ...source, origin: CALLER + origin } } } };
}

const holdsStream = (value: JsonValue): boolean =>
  typeof value === 'object' &&
  value !== null &&
  ('$records' in value || (Array.isArray(value) ? value : Object.values(value)).some(holdsStream));

/** What the called flow gets: the input with its streams named anew, and what opens them. Pure. */
export function handedStreams(
  input: JsonValue,
  connectionsOf: (origin: StepKey) => Record<string, string> | null,
): { input: JsonValue; streams: NonNullable<RunStart['streams']> } {
  // Nearly every input has none: it is handed on as it is.
  if (!holdsStream(input)) return { input, streams: {} };
  const streams: NonNullable<RunStart['streams']> = {};
  const handed = (value: JsonValue): JsonValue => {
    if (Array.isArray(value)) return value.map(handed);
    if (!isObject(value)) return value;
    const found = renamed(value);
    const connections = found && connectionsOf(found.origin);
    if (found && connections) {
      streams[CALLER + found.origin] = connections;
      return found.stream;
    }
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, handed(member)]));
  };
  return { input: handed(input), streams };
}
