import type { ParkReason } from '@waybill/engine/ports';

/** Why something waits that would call a system. */
export const parkedWords: Record<ParkReason, string> = {
  throttled: 'Waits for its turn: the system takes no more calls at the moment',
  'circuit-open': 'Waits until the system answers again',
  maintenance: 'Waits for the end of the maintenance window',
  paused: 'Waits because calls to the system are paused',
};
