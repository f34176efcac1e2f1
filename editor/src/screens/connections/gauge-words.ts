import type { CallState, ConnectionGauge } from '@waybill/api-contract';
import { assertNever } from '@waybill/flow-model';
import type { Tone } from '../../ui/Badge.tsx';
import { durationWords } from '../../ui/time-words.ts';

/** The time of a moment; with the day when that is another one. */
function timeWords(at: number, now: number, withSeconds = false): string {
  const date = new Date(at);
  const time = date.toLocaleTimeString(undefined, {
    hour: '2-digit',
    minute: '2-digit',
    ...(withSeconds ? { second: '2-digit' } : {}),
  });
  if (date.toDateString() === new Date(now).toDateString()) return time;
  const day = date.toLocaleDateString(undefined, { weekday: 'short', day: 'numeric', month: 'short' });
  return `${day}, ${time}`;
}

/** The state of the way to a system in one line. Pure. */
export function stateWords(
  { state, limit, fullLimit }: Pick<ConnectionGauge, 'state' | 'limit' | 'fullLimit'>,
  now: number,
): string {
  switch (state.kind) {
    case 'open':
      return 'Open';
    case 'slowed':
      return limit === fullLimit ? 'Slowed down so that its calls last' : `Slowed down to ${limit} at once`;
    case 'cooling':
      return `Slowed down by the system until ${timeWords(state.until, now, true)}`;
    case 'down':
      return `Not answering; next try ${timeWords(state.until, now, true)}`;
    case 'probing':
      return 'Not answering; the next call is a try';
    case 'maintenance':
      return `Maintenance until ${timeWords(state.until, now)}`;
    case 'paused':
      return `Paused by ${state.by}`;
    default:
      return assertNever(state);
  }
}

/** What the state means for flows, and why it is so. Pure. */
export function stateMeaning(state: CallState): string {
  switch (state.kind) {
    case 'open':
      return 'Steps call this system as they come.';
    case 'slowed':
      return 'It asked for fewer calls a while ago, or has few left. It is called more as its answers allow.';
    case 'cooling':
      return 'It asked for fewer calls. Nothing is sent until then; steps wait and no attempt is lost.';
    case 'down':
      return 'It failed several times in a row, so steps wait. One call at a time tries whether it is back.';
    case 'probing':
      return 'Steps wait until one call was answered. Then they go on in order.';
    case 'maintenance':
      return state.reason
        ? `${state.by} wrote: “${state.reason}” Steps wait and go on in order.`
        : 'The window comes round every week. Steps wait and go on in order.';
    case 'paused':
      return `The reason: “${state.reason}” Steps wait and go on in order when calls are resumed.`;
    default:
      return assertNever(state);
  }
}

export const stateTones: Record<CallState['kind'], Tone> = {
  open: 'done',
  slowed: 'waiting',
  cooling: 'waiting',
  down: 'failed',
  probing: 'waiting',
  maintenance: 'accent',
  paused: 'skipped',
};

/** Calls at this moment: steps count as long as they run, polls and tests while their request is on its way. Pure. */
export const busyNow = ({ stepsInFlight, requestsInFlight }: ConnectionGauge): number =>
  Math.max(stepsInFlight, requestsInFlight);

const waitingTotal = ({ waiting }: Pick<ConnectionGauge, 'waiting'>): number =>
  waiting.high.count + waiting.normal.count + waiting.low.count;

/** How busy it is in a few words. Pure. */
export function busyWords(gauge: ConnectionGauge): string {
  const busy = busyNow(gauge);
  const parts = [gauge.limit === null ? `${busy} now` : `${busy} of ${gauge.limit} now`];
  const held = waitingTotal(gauge) + gauge.parked;
  if (held > 0) parts.push(`${held} waiting`);
  return parts.join(' · ');
}

/** How full it is, 0 to 1: the fuller of slots and windows; null without any limit. Pure. */
export function fullness(gauge: ConnectionGauge): number | null {
  const shares = gauge.rates.map(({ used, count }) => used / count);
  if (gauge.limit !== null) shares.push(busyNow(gauge) / gauge.limit);
  return shares.length === 0 ? null : Math.min(1, Math.max(...shares));
}

/** `100 calls in 10 s`. Pure. */
export const rateWords = ({ count, perMs }: { count: number; perMs: number }): string =>
  `${count.toLocaleString()} calls in ${durationWords(perMs)}`;

/** What the system says is left, as a title. Pure. */
export const allowanceWords = ({ of }: ConnectionGauge['allowances'][number]): string =>
  of === 'day' ? 'Calls left for the day' : 'Calls left at the moment';

export type ConnectionAct = 'pause' | 'resume' | 'start-maintenance' | 'end-maintenance' | 'try-now';

/** What a person may do now, the likeliest first. Pure. */
export function actsFor({ kind }: CallState): ConnectionAct[] {
  switch (kind) {
    case 'paused':
      return ['resume', 'start-maintenance'];
    case 'maintenance':
      return ['end-maintenance', 'pause'];
    case 'down':
    case 'probing':
    case 'cooling':
      return ['try-now', 'pause', 'start-maintenance'];
    case 'open':
    case 'slowed':
      return ['pause', 'start-maintenance'];
    default:
      return assertNever(kind);
  }
}
