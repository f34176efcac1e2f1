import type { FlowLive } from '@waybill/api-contract';
import type { NodeId } from '@waybill/flow-model';
import type { Slice } from './editor-store.ts';

export type StandingNode = FlowLive['nodes'][number];

/** Where all runs of the flow stand, for the badges on the canvas. Never part of the flow. */
export interface StandingSlice {
  readonly standing: Readonly<Record<NodeId, StandingNode>>;
  /** When the server counted, epoch ms. */
  readonly standingAt: number;
  setStanding(live: FlowLive): void;
}

const alike = (a: StandingNode | undefined, b: StandingNode): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The new badges by node; a node that is as it was stays the same object, so that its card is not drawn again. Pure. */
export function standingByNode(
  before: StandingSlice['standing'],
  nodes: readonly StandingNode[],
): StandingSlice['standing'] {
  return Object.fromEntries(
    nodes.map((node) => {
      const known = before[node.nodeId];
      return [node.nodeId, known && alike(known, node) ? known : node];
    }),
  );
}

export const createStandingSlice: Slice<StandingSlice> = (set) => ({
  standing: {},
  standingAt: 0,
  setStanding: (live) =>
    set((state) => ({ standing: standingByNode(state.standing, live.nodes), standingAt: live.at })),
});
