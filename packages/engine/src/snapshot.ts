import type { JournalSnapshot } from './ports/index.ts';
import type { RunState, ScopeState } from './run-state.ts';
import type { UndoState } from './undo-state.ts';

/** Raised with every change of the state's shape; older snapshots are ignored and the journal is replayed. */
const STATE_VERSION = 8;

const SNAPSHOT_EVERY_RECORDS = 64;

/** Spaced by the size of the state too, so that all snapshots of a run together cost no more than its records. */
export const isSnapshotDue = (state: RunState, lastSnapshotSeq: number): boolean =>
  state.seq - lastSnapshotSeq >= Math.max(SNAPSHOT_EVERY_RECORDS, state.entries);

/** A detached copy, as text: the journal stores it and never looks inside. */
export function snapshotOf(state: RunState): JournalSnapshot {
  const { effects: _effects, scopes, undos, ...rest } = state;
  const plain = {
    ...rest,
    scopes: [...scopes.values()].map((scope) => ({ ...scope, steps: [...scope.steps] })),
    undos: [...undos.values()],
  };
  const text = JSON.stringify({ version: STATE_VERSION, state: plain }, (_name, value: unknown) => {
    if (value instanceof Set) return [...value];
    return value instanceof Map ? [...value] : value;
  });
  return { seq: state.seq, state: text };
}

type PlainScope = Omit<ScopeState, 'steps'> & { steps: [string, never][] };
type PlainState = Omit<RunState, 'effects' | 'scopes' | 'undos' | IndexName> & {
  scopes: PlainScope[];
  undos: (Omit<UndoState, 'effects'> & { effects: [string, never][] })[];
} & Record<IndexName, never[]>;
type IndexName =
  | 'ready'
  | 'open'
  | 'waits'
  | 'places'
  | 'held'
  | 'closing'
  | 'fulfilled'
  | 'inboxKeys'
  | 'crashes'
  | 'generations'
  | 'back'
  | 'corrections'
  | 'returns'
  | 'undone'
  | 'edits'
  | 'refused';

/** Null for a snapshot this version does not read. */
export function stateOf(snapshot: JournalSnapshot): RunState | null {
  if (typeof snapshot.state !== 'string') return null;
  // Written by `snapshotOf` of the same version, which is its schema.
  const parsed = JSON.parse(snapshot.state) as { version: number; state: PlainState };
  if (parsed.version !== STATE_VERSION) return null;
  const plain = parsed.state;
  return {
    ...plain,
    scopes: new Map(plain.scopes.map((scope) => [scope.prefix, { ...scope, steps: new Map(scope.steps) }])),
    ready: new Set(plain.ready),
    open: new Set(plain.open),
    waits: new Set(plain.waits),
    places: new Map(plain.places),
    held: new Set(plain.held),
    closing: new Set(plain.closing),
    fulfilled: new Set(plain.fulfilled),
    inboxKeys: new Set(plain.inboxKeys),
    crashes: new Map(plain.crashes),
    generations: new Map(plain.generations),
    back: new Map(plain.back),
    corrections: new Map(plain.corrections),
    returns: new Map(plain.returns),
    undos: new Map(plain.undos.map((undo) => [undo.scope, { ...undo, effects: new Map(undo.effects) }])),
    undone: new Map(plain.undone),
    edits: new Map(plain.edits),
    refused: new Map(plain.refused),
    effects: { skipped: [], endedWaits: [], endedTasks: [] },
  };
}
