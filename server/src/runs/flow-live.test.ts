import type { StandingRuns } from '@waybill/engine/ports';
import type { FlowVersionId } from '@waybill/flow-model';
import { describe, expect, it } from 'vitest';
import { flowLive } from './flow-live.ts';

const group = (given: Partial<StandingRuns>): StandingRuns => ({
  versionId: 'f:v1' as FlowVersionId,
  status: 'waiting',
  currentNode: null,
  currentStep: 'Approve',
  note: null,
  runs: 1,
  waits: 0,
  oldestAt: 100,
  ...given,
});
const nodeOf = (versionId: string, title: string) =>
  title === 'Approve' ? 'approve' : versionId === 'f:v2' && title === 'Book it' ? 'book' : null;

describe('where the runs of a flow stand', () => {
  it('adds up the runs at a node over versions and keeps the oldest', () => {
    const { nodes } = flowLive(
      [
        group({ runs: 2 }),
        group({ versionId: 'f:v2' as FlowVersionId, runs: 3, oldestAt: 40 }),
        group({ status: 'paused' }),
      ],
      nodeOf,
    );
    expect(nodes).toHaveLength(1);
    expect(nodes[0]).toMatchObject({
      nodeId: 'approve',
      waiting: { runs: 6, oldestAt: 40 },
      failed: { runs: 0, waits: 0, oldestAt: null },
    });
  });

  it('tells failed, doubtful and running runs apart', () => {
    const { nodes } = flowLive(
      [group({ status: 'failed' }), group({ status: 'in-doubt', runs: 4 }), group({ status: 'running', runs: 7 })],
      nodeOf,
    );
    expect(nodes[0]).toMatchObject({
      failed: { runs: 1 },
      inDoubt: { runs: 4 },
      running: { runs: 7 },
      waiting: { runs: 0 },
    });
  });

  it('counts runs where they stand, also at nodes of the same title', () => {
    const { nodes } = flowLive(
      [
        group({ currentNode: 'approve', runs: 2, waits: 2 }),
        group({ currentNode: 'approve-again', runs: 5, waits: 40 }),
        group({ runs: 1 }),
      ],
      nodeOf,
    );
    expect(nodes.map(({ nodeId, waiting }) => [nodeId, waiting.runs, waiting.waits])).toEqual([
      ['approve', 3, 2],
      ['approve-again', 5, 40],
    ]);
  });

  it('tells runs that wait for a system from those that wait for anything else', () => {
    const { nodes } = flowLive([group({ runs: 2 }), group({ note: 'parked', runs: 5, oldestAt: 30 })], nodeOf);
    expect(nodes[0]).toMatchObject({ waiting: { runs: 2, oldestAt: 100 }, parked: { runs: 5, oldestAt: 30 } });
  });

  it('counts runs that have not begun apart, and leaves out steps the flow does not have', () => {
    const live = flowLive(
      [group({ status: 'queued', currentStep: null, runs: 9 }), group({ currentStep: 'Book it' })],
      nodeOf,
    );
    expect(live).toEqual({ queued: { runs: 9, waits: 0, oldestAt: 100 }, nodes: [] });
  });
});
