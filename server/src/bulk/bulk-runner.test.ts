import type { BulkItemRecord, BulkOperationRecord } from '@waybill/store';
import { openStore } from '@waybill/store';
import { afterEach, describe, expect, it } from 'vitest';
import { movableClock } from '../../test/movable-clock.ts';
import { eventually } from '../../test/test-server.ts';
import type { ItemResult } from './act-on-run.ts';
import type { ActOnItem, BulkRunner } from './bulk-runner.ts';
import { bulkRunner } from './bulk-runner.ts';

const done: ItemResult = { status: 'succeeded', note: null, newRunId: null };
const anOperation = (id: string, total: number): BulkOperationRecord => ({
  ...{ id, name: id, subject: 'runs', act: 'cancel', options: {}, filter: {}, reason: 'r' },
  ...{ createdBy: 'us_1', createdByName: 'Olga', createdAt: 1, startAt: 1, perMinute: 60_000 },
  ...{ status: 'waiting', total, succeeded: 0, refused: 0, skipped: 0, finishedAt: null },
});
const anItem = (operationId: string, n: number): BulkItemRecord => ({
  ...{ operationId, n, runId: `rn_${n}`, flowId: 'f', businessKey: null, runStatus: 'failed' },
  ...{ exceptionId: null, seq: null, status: 'pending', note: null, newRunId: null, at: null },
});

let end = async () => {};
afterEach(() => end());

/** Real operations in a real store; only what is done to an item is given. */
async function carryingOut(operations: Record<string, number>, act: ActOnItem) {
  const store = await openStore({ uri: 'sqlite::memory:' });
  const { bulkOperations } = store;
  for (const [id, total] of Object.entries(operations)) {
    await bulkOperations.insert(anOperation(id, total));
    await bulkOperations.addItems(Array.from({ length: total }, (_, at) => anItem(id, at + 1)));
  }
  const clock = movableClock();
  const faults: unknown[] = [];
  const runner: BulkRunner = bulkRunner({
    ...{ store, clock, actOn: { runs: act, exceptions: act } },
    onChanged: () => {},
    onFault: (error) => faults.push(error),
  });
  end = async () => {
    await runner.stop();
    await store.close();
  };
  runner.start();
  const stand = async (id: string) => {
    const { status, succeeded } = (await bulkOperations.get(id)) ?? {};
    return `${status} ${succeeded}`;
  };
  return { bulkOperations, runner, clock, faults, stand };
}

describe('what carries bulk actions out', () => {
  it('begins nothing more once it was told to stand still, although more was due at that moment', async () => {
    const begun: number[] = [];
    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const { bulkOperations, runner, stand } = await carryingOut({ bk: 40 }, async (_operation, { n }) => {
      begun.push(n);
      if (n === 3) await held;
      return done;
    });
    await eventually(
      async () => begun.length,
      (count) => count === 3,
    );
    await bulkOperations.move('bk', ['running'], 'suspended');
    const settled = runner.settled('bk');
    goOn();
    await settled;
    expect([begun, await stand('bk')]).toEqual([[1, 2, 3], 'suspended 3']);
    await bulkOperations.move('bk', ['suspended'], 'running');
    runner.nudge();
    await eventually(
      () => stand('bk'),
      (now) => now === 'finished 40',
    );
    expect(begun).toEqual(Array.from({ length: 40 }, (_, at) => at + 1));
  });

  it('is held up by no item that cannot be done, neither in its operation nor in another', async () => {
    let isBroken = true;
    const { clock, faults, stand } = await carryingOut({ first: 4, second: 3 }, async ({ id }, { n }) => {
      if (id === 'first' && n === 2 && isBroken) throw new Error('its journal cannot be read');
      return done;
    });
    await eventually(
      () => stand('second'),
      (now) => now === 'finished 3',
    );
    expect(await stand('first')).toBe('running 1');
    clock.advance(5_000);
    await eventually(
      () => stand('first'),
      (now) => now === 'running 3',
    );
    isBroken = false;
    clock.advance(5_000);
    await eventually(
      () => stand('first'),
      (now) => now === 'finished 4',
    );
    expect(faults.length).toBeGreaterThan(0);
  });
});
