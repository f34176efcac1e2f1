import type { CallLimits, MaintenanceWindow } from '@waybill/api-contract';
import { assertNever } from '@waybill/flow-model';

export const rateUnits = ['second', 'minute', 'hour', 'day'] as const;
export type RateUnit = (typeof rateUnits)[number];
const unitMs: Record<RateUnit, number> = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const longestRateMs = unitMs.day;

/** Limits as they are typed; `key` keeps a row the same row while it is edited. */
export interface RateRow {
  key: number;
  count: string;
  amount: string;
  unit: RateUnit;
}
export interface LimitsValues {
  /** False: what the type of the connection proposes holds. */
  own: boolean;
  /** Empty: any number. */
  concurrency: string;
  rates: readonly RateRow[];
  breaks: boolean;
  failures: string;
  openSeconds: string;
  maxOpenSeconds: string;
}

/** The largest unit that divides it. */
function inUnits(perMs: number): Pick<RateRow, 'amount' | 'unit'> {
  const unit = rateUnits.toReversed().find((one) => perMs % unitMs[one] === 0) ?? 'second';
  return { amount: String(perMs / unitMs[unit]), unit };
}

/** Where the controls start: the limits of the connection, else the proposed ones. Pure. */
export function startLimits(own: CallLimits | null, proposed: CallLimits): LimitsValues {
  const { concurrency, rates, breaker } = own ?? proposed;
  return {
    own: own !== null,
    concurrency: concurrency === null ? '' : String(concurrency),
    rates: rates.map(({ count, perMs }, key) => ({ key, count: String(count), ...inUnits(perMs) })),
    breaks: breaker !== null,
    failures: String(breaker?.failures ?? 5),
    openSeconds: String((breaker?.openMs ?? 10_000) / 1_000),
    maxOpenSeconds: String((breaker?.maxOpenMs ?? 300_000) / 1_000),
  };
}

export const newRate = (rates: readonly RateRow[]): RateRow => ({
  key: Math.max(-1, ...rates.map(({ key }) => key)) + 1,
  count: '100',
  amount: '10',
  unit: 'second',
});

const isWhole = (text: string, min: number, max: number): boolean =>
  /^\d+$/.test(text.trim()) && Number(text) >= min && Number(text) <= max;
const perMsOf = ({ amount, unit }: RateRow): number => Math.round(Number(amount) * unitMs[unit]);

/** Faults by field: `concurrency`, `rate-<key>`, `failures`, `openSeconds`, `maxOpenSeconds`. Pure. */
export function limitsFaults(values: LimitsValues): Record<string, string> {
  if (!values.own) return {};
  const faults: Record<string, string> = {};
  if (values.concurrency.trim() !== '' && !isWhole(values.concurrency, 1, 1_000))
    faults['concurrency'] = 'Enter a number from 1 to 1000, or nothing for no limit.';
  for (const rate of values.rates)
    if (!isWhole(rate.count, 1, 1_000_000)) faults[`rate-${rate.key}`] = 'Enter how many calls, from 1 to 1,000,000.';
    else if (!(perMsOf(rate) >= 100 && perMsOf(rate) <= longestRateMs))
      faults[`rate-${rate.key}`] = 'Enter a time between a tenth of a second and a day.';
  if (!values.breaks) return faults;
  if (!isWhole(values.failures, 1, 100)) faults['failures'] = 'Enter a number from 1 to 100.';
  if (!isWhole(values.openSeconds, 1, 3_600)) faults['openSeconds'] = 'Enter seconds, from 1 to 3600.';
  if (!isWhole(values.maxOpenSeconds, 1, 86_400)) faults['maxOpenSeconds'] = 'Enter seconds, from 1 to 86,400.';
  else if (Number(values.maxOpenSeconds) < Number(values.openSeconds))
    faults['maxOpenSeconds'] = 'The longest pause must not be shorter than the first.';
  return faults;
}

/** What to send; null: as proposed. Only for values without faults. Pure. */
export function limitsToSend(values: LimitsValues): CallLimits | null {
  if (!values.own) return null;
  return {
    concurrency: values.concurrency.trim() === '' ? null : Number(values.concurrency),
    rates: values.rates.map((rate) => ({ count: Number(rate.count), perMs: perMsOf(rate) })),
    breaker: values.breaks
      ? {
          failures: Number(values.failures),
          openMs: Number(values.openSeconds) * 1_000,
          maxOpenMs: Number(values.maxOpenSeconds) * 1_000,
        }
      : null,
  };
}

/** Limits in a sentence, for those who only want to know what is proposed. Pure. */
export function limitsWords(
  { concurrency, rates, breaker }: CallLimits,
  rateWords: (rate: CallLimits['rates'][number]) => string,
): string {
  const parts = [
    concurrency === null
      ? 'any number of calls at once'
      : `${concurrency} ${concurrency === 1 ? 'call' : 'calls'} at once`,
    ...rates.map((rate) => `at most ${rateWords(rate)}`),
    breaker === null ? 'calls go on when it fails' : `a pause after ${breaker.failures} failures in a row`,
  ];
  return parts.join(', ');
}

export type WindowRow = { key: number } & (
  | { kind: 'weekly'; days: readonly number[]; from: string; to: string; zone: string }
  /** `kept`: the exact moments, which a form of minutes would round. */
  | { kind: 'once'; from: string; to: string; reason: string; kept?: { from: number; to: number } }
);

/** A moment as a local date and time for a form. */
export function localMoment(at: number): string {
  const date = new Date(at);
  return new Date(at - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
/** Null for what is no date. */
export function momentOf(local: string): number | null {
  const at = new Date(local).getTime();
  return Number.isNaN(at) ? null : at;
}

export const startWindows = (windows: readonly MaintenanceWindow[]): WindowRow[] =>
  windows.map((window, key) => {
    if (window.kind === 'weekly') return { key, ...window };
    const { from, to, reason } = window;
    return { key, kind: 'once', from: localMoment(from), to: localMoment(to), reason, kept: { from, to } };
  });

export function newWindow(kind: WindowRow['kind'], windows: readonly WindowRow[], now: number): WindowRow {
  const key = Math.max(-1, ...windows.map((window) => window.key)) + 1;
  const { timeZone: zone } = Intl.DateTimeFormat().resolvedOptions();
  const tomorrow = new Date(now);
  tomorrow.setHours(22 + 24, 0, 0, 0);
  switch (kind) {
    case 'weekly':
      return { key, kind, days: [7], from: '22:00', to: '02:00', zone };
    case 'once':
      return {
        key,
        kind,
        from: localMoment(tomorrow.getTime()),
        to: localMoment(tomorrow.getTime() + 4 * unitMs.hour),
        reason: '',
      };
    default:
      return assertNever(kind);
  }
}

function momentsOf({ from, to, kept }: Extract<WindowRow, { kind: 'once' }>) {
  const exact = (local: string, known: number | undefined) =>
    known !== undefined && localMoment(known) === local ? known : momentOf(local);
  return { from: exact(from, kept?.from), to: exact(to, kept?.to) };
}

/** Faults by key of the row. Pure. */
export function windowFaults(windows: readonly WindowRow[], zones: ReadonlySet<string>): Record<number, string> {
  const faultOf = (window: WindowRow): string | null => {
    if (window.kind === 'weekly') {
      if (window.days.length === 0) return 'Choose at least one day.';
      if (window.from === '' || window.to === '') return 'Enter when it begins and ends.';
      return zones.has(window.zone) ? null : 'Choose a time zone of the list.';
    }
    const { from, to } = momentsOf(window);
    if (from === null || to === null) return 'Enter when it begins and ends.';
    if (to <= from) return 'It must end after it begins.';
    return window.reason.trim() === '' ? 'Say why: others will read it.' : null;
  };
  return Object.fromEntries(
    windows.flatMap((window) => {
      const fault = faultOf(window);
      return fault === null ? [] : [[window.key, fault]];
    }),
  );
}

/** Only for rows without faults. Pure. */
export const windowsToSend = (windows: readonly WindowRow[]) =>
  windows.map((window) => {
    if (window.kind === 'weekly') {
      const { days, from, to, zone } = window;
      return { kind: 'weekly' as const, days: [...days], from, to, zone };
    }
    const { from, to } = momentsOf(window);
    return { kind: 'once' as const, from: from ?? 0, to: to ?? 0, reason: window.reason.trim() };
  });
