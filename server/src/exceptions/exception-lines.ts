/** Sums over exceptions: by cause, age, promise, class, flow and owner. Pure, so that every view adds up the same lines. */
import type { AgeBand, ExceptionGroup, ExceptionTotals, Money, SlaState } from '@waybill/api-contract';
import { ageBandNames, exceptionClassSchema, slaStateNames } from '@waybill/api-contract';
import type { ExceptionLine } from '@waybill/store';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Ages of a band, from inclusive to exclusive, in ms. */
export const ageBands: Record<AgeBand, { fromMs: number; toMs: number }> = {
  'under-4h': { fromMs: 0, toMs: 4 * hourMs },
  '4h-24h': { fromMs: 4 * hourMs, toMs: dayMs },
  '1d-3d': { fromMs: dayMs, toMs: 3 * dayMs },
  '3d-7d': { fromMs: 3 * dayMs, toMs: 7 * dayMs },
  'over-7d': { fromMs: 7 * dayMs, toMs: Number.POSITIVE_INFINITY },
};

export function ageBandOf(openedAt: number, now: number): AgeBand {
  const ageMs = Math.max(0, now - openedAt);
  return ageBandNames.find((band) => ageMs < ageBands[band].toMs) ?? 'over-7d';
}

/** A promise that ends within a day is soon due. */
export const soonMs = dayMs;

export function slaStateOf(line: Pick<ExceptionLine, 'dueAt'>, now: number): SlaState {
  if (line.dueAt === null) return 'none';
  if (line.dueAt <= now) return 'overdue';
  return line.dueAt - now <= soonMs ? 'soon' : 'ok';
}

interface Sum {
  count: number;
  byCurrency: Map<string, number>;
}
const noSum = (): Sum => ({ count: 0, byCurrency: new Map() });

function addTo(sum: Sum, line: ExceptionLine): void {
  sum.count += 1;
  if (line.amount === null || line.currency === null) return;
  sum.byCurrency.set(line.currency, (sum.byCurrency.get(line.currency) ?? 0) + line.amount);
}

/** Largest first; cents that binary fractions lose are rounded back. */
const valuesOf = (sum: Sum): Money[] =>
  [...sum.byCurrency]
    .map(([currency, amount]) => ({ currency, amount: Math.round(amount * 100) / 100 }))
    .sort((a, b) => b.amount - a.amount);

type Sums = Map<string, Sum>;

function addNamed(sums: Sums, name: string, line: ExceptionLine): void {
  let sum = sums.get(name);
  if (!sum) {
    sum = noSum();
    sums.set(name, sum);
  }
  addTo(sum, line);
}

const facets = (sums: Sums) =>
  [...sums]
    .sort(([, a], [, b]) => b.count - a.count)
    .map(([name, sum]) => ({ name, count: sum.count, values: valuesOf(sum) }));

/** Ages are those at `now`. */
export function totalsOf(
  lines: readonly ExceptionLine[],
  now: number,
  labels: { flow(id: string): string },
  truncated: boolean,
): ExceptionTotals {
  const all = noSum();
  const ages = new Map(ageBandNames.map((band) => [band, noSum()]));
  const clocks = new Map(slaStateNames.map((state) => [state, noSum()]));
  const classes: Sums = new Map();
  const flows: Sums = new Map();
  const owners: Sums = new Map();
  for (const line of lines) {
    addTo(all, line);
    addNamed(classes, line.exceptionClass, line);
    addNamed(flows, line.flowId, line);
    for (const group of line.groups) addNamed(owners, group, line);
    for (const user of line.users) addNamed(owners, user, line);
    addTo(ages.get(ageBandOf(line.openedAt, now)) as Sum, line);
    addTo(clocks.get(slaStateOf(line, now)) as Sum, line);
  }
  const named = (list: ReturnType<typeof facets>, labelOf = (name: string) => name) =>
    list.map((one) => ({ ...one, label: labelOf(one.name) }));
  return {
    count: all.count,
    values: valuesOf(all),
    byClass: named(facets(classes)),
    byFlow: named(facets(flows), labels.flow),
    byOwner: named(facets(owners)),
    ageing: [...ages].map(([band, sum]) => ({ band, count: sum.count, values: valuesOf(sum) })),
    sla: [...clocks].map(([state, sum]) => ({ state, count: sum.count, values: valuesOf(sum) })),
    truncated,
  };
}

/** One cause as far as lines tell; its words are those of the oldest problem. */
export type CauseSum = Omit<ExceptionGroup, 'title' | 'what'>;

interface Cause {
  sum: Sum;
  oldest: ExceptionLine;
  newestAt: number;
  overdue: number;
  classes: Set<string>;
  flows: Set<string>;
  owners: Set<string>;
}
const causeOf = (line: ExceptionLine): Cause => ({
  sum: noSum(),
  oldest: line,
  newestAt: line.openedAt,
  overdue: 0,
  classes: new Set(),
  flows: new Set(),
  owners: new Set(),
});

const isOlder = (a: ExceptionLine, b: ExceptionLine): boolean =>
  a.openedAt < b.openedAt || (a.openedAt === b.openedAt && a.id < b.id);

/** One group per cause, the one with most first, then the oldest. */
export function causesOf(
  lines: readonly ExceptionLine[],
  now: number,
  labels: { flow(id: string): string },
): CauseSum[] {
  const byCause = new Map<string, Cause>();
  for (const line of lines) {
    const key = line.fingerprint ?? line.id;
    const cause = byCause.get(key) ?? causeOf(line);
    byCause.set(key, cause);
    addTo(cause.sum, line);
    if (isOlder(line, cause.oldest)) cause.oldest = line;
    cause.newestAt = Math.max(cause.newestAt, line.openedAt);
    if (slaStateOf(line, now) === 'overdue') cause.overdue += 1;
    cause.classes.add(line.exceptionClass);
    cause.flows.add(line.flowId);
    for (const owner of line.groups) cause.owners.add(owner);
    for (const owner of line.users) cause.owners.add(owner);
  }
  return [...byCause]
    .map(
      ([fingerprint, { sum, oldest, newestAt, overdue, classes, flows, owners }]): CauseSum => ({
        fingerprint,
        count: sum.count,
        oldestAt: oldest.openedAt,
        newestAt,
        overdue,
        values: valuesOf(sum),
        classes: [...classes].map((name) => exceptionClassSchema.catch('defect').parse(name)),
        flows: [...flows].map((id) => ({ id, name: labels.flow(id) })),
        owners: [...owners],
        sampleId: oldest.id,
      }),
    )
    .sort(inOrder);
}

export type CausePlace = Pick<CauseSum, 'count' | 'oldestAt' | 'fingerprint'>;

const inOrder = (a: CausePlace, b: CausePlace): number =>
  b.count - a.count ||
  a.oldestAt - b.oldestAt ||
  (a.fingerprint < b.fingerprint ? -1 : Number(a.fingerprint > b.fingerprint));

/** The causes of one page and where the next one begins. Pure; a place that is no more is no obstacle. */
export function causePage(
  causes: readonly CauseSum[],
  after: CausePlace | null,
  limit: number,
): { page: CauseSum[]; next: CausePlace | null } {
  const rest = after === null ? causes : causes.filter((one) => inOrder(after, one) < 0);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return { page, next: rest.length > limit && last ? last : null };
}
