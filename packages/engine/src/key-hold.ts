import type { FlowSettings } from '@waybill/flow-model';
import type { RunState } from './run-state.ts';

/** Whether runs with this setting ever keep the next of their key waiting. */
export const holdsFromStart = (settings: FlowSettings): boolean => settings.ordering !== 'start-order';

/**
 * Whether a run keeps the next of its ordering key waiting. Derived from its records alone, so that a run that let the
 * next one go has done so for ever, restarts included.
 */
export function holdsKey(settings: FlowSettings, state: RunState): boolean {
  if (state.start.orderingKey === undefined || state.keyReleased) return false;
  const { ordering = 'strict', onFailed = 'release' } = settings;
  if (ordering === 'start-order' || (ordering === 'until-first-wait' && state.hasWaited)) return false;
  if (state.finished) return state.finished.status === 'failed' && onFailed === 'hold';
  return !state.quarantined || onFailed === 'hold';
}
