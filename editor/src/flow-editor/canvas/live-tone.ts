import { statusLooks } from '../../ui/Badge.tsx';
import type { NodeLive } from '../state/node-live.ts';

/** The colour of a node in a run; null while nothing happened to it. Pure. */
export const toneOf = (live: NodeLive | undefined): string | null =>
  live && live.status !== 'pending' ? (statusLooks[live.status].tone ?? 'skipped') : null;
