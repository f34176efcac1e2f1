/**
 * Keeps what the governor learned over a restart: written a few seconds after it changed, and when the process ends. After
 * a kill the last seconds are missing, which only means that a system is asked once more.
 */
import type { Clock } from '@waybill/engine/ports';
import type { JsonValue } from '@waybill/flow-model';
import type { Repositories } from '@waybill/store';
import type { BudgetMemory } from './budget-memory.ts';
import { governorMemorySchema } from './budget-memory.ts';
import type { ConnectionDesk } from './connection-desk.ts';

const settingName = 'governor.memory';
const writeAfterMs = 5_000;

export interface GovernorMemory {
  /** Reads it once; later calls do nothing. */
  read(): Promise<void>;
  /** Of a connection before the restart; only for one that nothing is known of yet. */
  of(connectionId: string): BudgetMemory | null;
  /** Something may have been learned. */
  changed(): void;
  close(): Promise<void>;
}

export function governorMemory(options: {
  settings: Repositories['settings'];
  clock: Clock;
  desks(): Iterable<ConnectionDesk>;
  onFault(error: unknown): void;
}): GovernorMemory {
  const { settings, clock, desks, onFault } = options;
  let before: Record<string, BudgetMemory | null> | null = null;
  let written = '';
  let cancel: (() => void) | null = null;

  /** @throws what the store throws. */
  async function write(): Promise<void> {
    const now = clock.now();
    const all = Object.fromEntries([...desks()].map(({ id, budget }) => [id, budget.memory(now)]));
    const text = JSON.stringify(all);
    if (text === written) return;
    await settings.put(settingName, all as JsonValue);
    written = text;
  }

  return {
    async read() {
      before ??= governorMemorySchema.parse((await settings.get(settingName)) ?? {});
    },
    of: (connectionId) => before?.[connectionId] ?? null,
    changed() {
      cancel ??= clock.wakeAt(clock.now() + writeAfterMs, () => {
        cancel = null;
        write().catch(onFault);
      });
    },
    async close() {
      cancel?.();
      // Nothing was read: what another process knows is not to be overwritten by what this one does not.
      if (before) await write().catch(onFault);
      cancel = () => {};
    },
  };
}
