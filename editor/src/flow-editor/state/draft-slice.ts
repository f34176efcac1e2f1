import type { FlowSummary } from '@waybill/api-contract';
import type { Flow, FlowProblem } from '@waybill/flow-model';
import type { Slice } from './editor-store.ts';

export type SaveState =
  | { kind: 'saved' }
  | { kind: 'saving' }
  | { kind: 'failed'; what: string; fix: string }
  /** The draft on the server is newer than ours: nothing is written until a person decides. */
  | { kind: 'conflict'; by: string | null };

/** How the draft stands with the server. */
export interface DraftSlice {
  readonly summary: FlowSummary;
  /** The revision the next save builds on. */
  readonly revision: number;
  /** The document as the server has it; the flow is saved when it is this very object. */
  readonly savedFlow: Flow;
  readonly save: SaveState;
  readonly problems: readonly FlowProblem[];
  readonly people: readonly { name: string; editor: string }[];
  setDraft(change: Partial<Omit<DraftSlice, 'setDraft'>>): void;
}

export const createDraftSlice =
  (initial: Pick<DraftSlice, 'summary' | 'savedFlow' | 'problems'>): Slice<DraftSlice> =>
  (set) => ({
    ...initial,
    revision: initial.summary.revision,
    save: { kind: 'saved' },
    people: [],
    setDraft: (change) => set(change),
  });
