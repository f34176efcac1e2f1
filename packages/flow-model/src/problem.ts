import type { NodeId } from './ids.ts';

/** One thing wrong with a flow: where, what, and how to put it right. */
export interface FlowProblem {
  severity: 'error' | 'warning';
  /** Stable name for tests, docs and the editor, e.g. `NODE_TYPE_UNKNOWN`. */
  code: string;
  nodeId?: NodeId;
  edgeId?: string;
  /** Param or settings field, dotted for nested ones. */
  field?: string;
  what: string;
  fix: string;
}
