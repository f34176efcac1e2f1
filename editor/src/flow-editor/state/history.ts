import type { EpochMs, FlowOperation } from '@waybill/flow-model';

export interface HistoryEntry {
  /** Applying it takes the flow back across this entry. */
  inverse: FlowOperation;
  /** What was done, for "Undo: Rename step". */
  label: string;
  /** Changes with the same key in quick succession become one entry; null never merges. */
  mergeKey: string | null;
  at: EpochMs;
}

export interface History {
  past: readonly HistoryEntry[];
  future: readonly HistoryEntry[];
}

export const emptyHistory: History = { past: [], future: [] };

/** A pause in typing longer than this starts a new undo step. */
const MERGE_WITHIN_MS = 1_200;
const MAX_ENTRIES = 500;

/** Remembers a change that was just made; whatever had been undone is gone for good. Pure. */
export function recordChange(history: History, entry: HistoryEntry): History {
  const last = history.past.at(-1);
  const merges =
    last && entry.mergeKey !== null && last.mergeKey === entry.mergeKey && entry.at - last.at <= MERGE_WITHIN_MS;
  if (!merges) return { past: [...history.past.slice(-(MAX_ENTRIES - 1)), entry], future: [] };
  const merged = { ...last, inverse: bothInverses(entry.inverse, last.inverse), at: entry.at };
  return { past: [...history.past.slice(0, -1), merged], future: [] };
}

/** Undoes the newer change, then the older. Where the older one restores the same thing whole, it alone will do. */
function bothInverses(newer: FlowOperation, older: FlowOperation): FlowOperation {
  const target = targetOf(newer);
  if (target !== null && target === targetOf(older)) return older;
  return { op: 'batch', operations: [newer, older] };
}

function targetOf(operation: FlowOperation): string | null {
  switch (operation.op) {
    case 'put-node':
    case 'put-note':
    case 'set-box':
    case 'set-pin':
      return `${operation.op} ${operation.id}`;
    case 'set-settings':
    case 'set-header':
      return operation.op;
    case 'remove-node':
    case 'remove-note':
    case 'put-edge':
    case 'remove-edge':
    case 'batch':
      return null;
    default:
      return operation satisfies never;
  }
}
