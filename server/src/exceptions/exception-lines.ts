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

function facets(lines: readonly ExceptionLine[], namesOf: (line: ExceptionLine) => readonly string[]) {
  const sums = new Map<string, Sum>();
  for (const line of lines)
    for (const name of namesOf(line)) {
      const sum = sums.get(name) ?? noSum();
      addTo(sum, line);
      sums.set(name, sum);
    }
  return [...sums]
    .sort(([, a], [, b]) => b.count - a.count)
    .map(([name, sum]) => ({ name, count: sum.count, values: valuesOf(sum) }));
}

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
  for (const line of lines) {
    addTo(all, line);
    addTo(ages.get(ageBandOf(line.openedAt, now)) as Sum, line);
    addTo(clocks.get(slaStateOf(line, now)) as Sum, line);
  }
  const named = (list: ReturnType<typeof facets>, labelOf = (name: string) => name) =>
    list.map((one) => ({ ...one, label: labelOf(one.name) }));
  return {
    count: all.count,
    values: valuesOf(all),
    byClass: named(facets(lines, (line) => [line.exceptionClass])),
    byFlow: named(
      facets(lines, (line) => [line.flowId]),
      labels.flow,
    ),
    byOwner: named(facets(lines, (line) => [...line.groups, ...line.users])),
    ageing: [...ages].map(([band, sum]) => ({ band, count: sum.count, values: valuesOf(sum) })),
    sla: [...clocks].map(([state, sum]) => ({ state, count: sum.count, values: valuesOf(sum) })),
    truncated,
  };
}

/** One group per cause, the one with most first, then the oldest. Titles are those of the oldest. */
export function groupsOf(
  lines: readonly ExceptionLine[],
  now: number,
  labels: { flow(id: string): string },
): ExceptionGroup[] {
  const byCause = new Map<string, ExceptionLine[]>();
  for (const line of lines) {
    const cause = line.fingerprint ?? line.id;
    const list = byCause.get(cause);
    if (list) list.push(line);
    else byCause.set(cause, [line]);
  }
  const groups = [...byCause].map(([fingerprint, list]): ExceptionGroup => {
    const sum = noSum();
    for (const line of list) addTo(sum, line);
    const oldest = list.reduce((first, line) => (line.openedAt < first.openedAt ? line : first));
    const unique = (values: string[]) => [...new Set(values)];
    return {
      fingerprint,
      title: oldest.title,
      what: oldest.description,
      count: list.length,
      oldestAt: oldest.openedAt,
      newestAt: Math.max(...list.map((line) => line.openedAt)),
      overdue: list.filter((line) => slaStateOf(line, now) === 'overdue').length,
      values: valuesOf(sum),
      classes: unique(list.map((line) => line.exceptionClass)).map((name) => exceptionClassSchema.parse(name)),
      flows: unique(list.map((line) => line.flowId)).map((id) => ({ id, name: labels.flow(id) })),
      owners: unique(list.flatMap((line) => [...line.groups, ...line.users])),
      sampleId: oldest.id,
    };
  });
  return groups.sort((a, b) => b.count - a.count || a.oldestAt - b.oldestAt);
}
