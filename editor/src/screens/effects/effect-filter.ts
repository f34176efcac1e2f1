import type { Effect } from '@waybill/api-contract';
import { effectStateNames } from '@waybill/api-contract';
import { timeRanges } from '../runs/run-filter.ts';

export type EffectState = Effect['state'];

/** What the address of the ledger says. */
export interface EffectFilter {
  states: readonly EffectState[];
  flowId: string;
  connection: string;
  /** Exactly this business object: the list then tells its story, oldest first. */
  businessKey: string;
  /** Beginning of a business key, run id or effect key. */
  text: string;
  mode: '' | 'live' | 'test';
  /** A name of `effectRanges`. */
  range: string;
}

export const effectMembers = ['state', 'flow', 'connection', 'key', 'q', 'mode', 'range'] as const;
export const noEffectFilter: Record<string, null> = Object.fromEntries(effectMembers.map((member) => [member, null]));

/** The ranges of the run list without the one that asks for two moments. */
export const effectRanges = timeRanges.filter((range) => range.value !== 'custom');

const isState = (name: string): name is EffectState => (effectStateNames as readonly string[]).includes(name);

/** Reads the address; what it does not know it leaves out. Pure. */
export function effectFilterOf(search: URLSearchParams): EffectFilter {
  const mode = search.get('mode');
  const range = search.get('range') ?? '';
  return {
    states: (search.get('state') ?? '').split(',').filter(isState),
    flowId: search.get('flow') ?? '',
    connection: search.get('connection') ?? '',
    businessKey: search.get('key') ?? '',
    text: search.get('q') ?? '',
    mode: mode === 'live' || mode === 'test' ? mode : '',
    range: effectRanges.some((known) => known.value === range) ? range : '',
  };
}

export interface EffectQuery {
  state?: string;
  flowId?: string;
  connection?: string;
  businessKey?: string;
  text?: string;
  mode?: 'live' | 'test';
  from?: number;
}

const MINUTE_MS = 60_000;

/** The filter as the server takes it. Pure. @param now epoch ms */
export function effectQueryOf(filter: EffectFilter, now: number): EffectQuery {
  const ms = effectRanges.find((known) => known.value === filter.range)?.ms;
  const from =
    filter.range === 'today'
      ? new Date(now).setHours(0, 0, 0, 0)
      : ms
        ? Math.floor((now - ms) / MINUTE_MS) * MINUTE_MS
        : null;
  const text = filter.text.trim();
  return {
    ...(filter.states.length > 0 ? { state: filter.states.join(',') } : {}),
    ...(filter.flowId ? { flowId: filter.flowId } : {}),
    ...(filter.connection ? { connection: filter.connection } : {}),
    ...(filter.businessKey ? { businessKey: filter.businessKey } : {}),
    ...(text ? { text } : {}),
    ...(filter.mode ? { mode: filter.mode } : {}),
    ...(from === null ? {} : { from }),
  };
}

/** The same question whatever the state: what counts are asked for. Pure. */
export function withoutState(query: EffectQuery): EffectQuery {
  const { state: _state, ...rest } = query;
  return rest;
}

export const toggleState = (states: readonly EffectState[], state: EffectState): EffectState[] =>
  states.includes(state) ? states.filter((other) => other !== state) : [...states, state];
