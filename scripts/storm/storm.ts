/** Deals in a storm: won at once while the systems fail and the server is killed; then what is left is counted. */
import type { RunSummaryView, Task } from '@waybill/api-contract';
import { addDeals, months, type NewDeal, writeCounter } from '../../test/support/crm-deals.ts';
import { closeDeal, type DemoPlatform } from '../../test/support/demo-platform.ts';
import { until } from '../../test/support/until.ts';
import type { Fate, Promised } from './proof.ts';
import { proofOf } from './proof.ts';
import { chances, damage, stirUp } from './weather.ts';

const dealsPerCall = 200;
const closersAtOnce = 8;
const longestStandstillMs = 180_000;
const over = new Set(['succeeded', 'failed', 'cancelled', 'quarantined']);

export interface StormOptions {
  deals: number;
  kills: number;
  seed: number;
  /** Told of what is going on, in a line each. */
  onProgress(line: string): void;
}

export interface StormReport {
  promises: Promised[];
  /** Runs of the deals by what became of them, in words. */
  outcomes: Map<string, number>;
  /** How often each fault struck. */
  faults: Map<string, number>;
  kills: number;
  /** Events that came again or late and found the work done. */
  repeatedEvents: number;
  tookMs: number;
}

/** Seven in ten go through by themselves, two wait for finance, one lacks data that the deal desk must add. */
function dealNumber(index: number): NewDeal {
  const amount = 12 * index;
  const kind = index % 10;
  if (kind === 9) return { name: `Storm ${index}: unclear`, amount: 36_000 + amount, lacks: ['Rate_Card__c'] };
  if (kind >= 7) return { name: `Storm ${index}: rollout`, amount: 240_000 + amount };
  return { name: `Storm ${index}: support`, amount: 24_000 + 1.2 * index };
}

async function allRuns(demo: DemoPlatform): Promise<RunSummaryView[]> {
  const runs: RunSummaryView[] = [];
  for (let cursor: string | undefined; ; ) {
    const query = { limit: 200, ...(cursor === undefined ? {} : { cursor }) };
    const page = await demo.api('listRuns', { query });
    runs.push(...page.items);
    if (page.nextCursor === null) return runs;
    cursor = page.nextCursor;
  }
}

async function openTasks(demo: DemoPlatform): Promise<Task[]> {
  const tasks: Task[] = [];
  for (let cursor: string | undefined; ; ) {
    const query = { view: 'all' as const, limit: 200, ...(cursor === undefined ? {} : { cursor }) };
    const page = await demo.api('listTasks', { query });
    tasks.push(...page.items);
    if (page.nextCursor === null) return tasks;
    cursor = page.nextCursor;
  }
}

const dealOf = (run: RunSummaryView): string => run.correlationId.replace(/^deal-/, '');

/** The first run of each deal; later events of a deal find nothing to do, in runs of their own. */
async function fatesOf(demo: DemoPlatform, ids: readonly string[], names: readonly string[]) {
  const [runs, tasks] = [await allRuns(demo), await openTasks(demo)];
  const first = new Map<string, RunSummaryView>();
  for (const run of runs) if (run.status !== 'ignored') first.set(dealOf(run), run); // Newest first: the oldest stays.
  const byRun = Map.groupBy(tasks, (task) => task.runId);
  const fates = ids.map((dealId, index): Fate => {
    const run = first.get(dealId) ?? null;
    const asked = run ? (byRun.get(run.id) ?? []) : [];
    return {
      dealId,
      name: names[index] ?? dealId,
      run: run && { id: run.id, status: run.status, currentStep: run.currentStep },
      askedAs: asked.length === 0 ? null : asked.some(({ kind }) => kind === 'exception') ? 'exception' : 'task',
      asked: asked.flatMap((task) => [...task.groups, ...task.users]),
    };
  });
  return { fates, repeatedEvents: runs.length - first.size };
}

const isSettled = ({ run, asked }: Fate): boolean => run !== null && (over.has(run.status) || asked.length > 0);

/** Wins all deals while the platform is up, down or starting; several at once, as people and imports do. */
async function win(demo: DemoPlatform, ids: readonly string[]): Promise<void> {
  let next = 0;
  const closer = async () => {
    for (let id = ids[next++]; id !== undefined; id = ids[next++]) await closeDeal(demo, id);
  };
  await Promise.all(Array.from({ length: closersAtOnce }, closer));
}

/** @throws {Error} when for minutes no further deal is settled. */
async function untilSettled(
  demo: DemoPlatform,
  ids: readonly string[],
  names: readonly string[],
  tell: StormOptions['onProgress'],
) {
  let settled = -1;
  let since = Date.now();
  for (;;) {
    const now = await fatesOf(demo, ids, names);
    const count = now.fates.filter(isSettled).length;
    if (count === ids.length) return now;
    if (count > settled) {
      settled = count;
      since = Date.now();
      tell(`${count} of ${ids.length} deals are settled`);
    }
    if (Date.now() - since > longestStandstillMs) {
      const stuck = now.fates.filter((fate) => !isSettled(fate)).slice(0, 5);
      const lines = stuck.map(({ name, run }) => `${name}: ${run ? `${run.status} at ${run.currentStep}` : 'no run'}`);
      throw new Error(`Nothing moved for three minutes. ${lines.join('; ')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
}

/** Half of the approvals are given, so that runs go on after days of waiting too. */
async function approveHalf(demo: DemoPlatform): Promise<number> {
  const approvals = (await openTasks(demo)).filter(({ kind }) => kind === 'approval');
  const chosen = approvals.filter((_, index) => index % 2 === 0);
  for (const { id } of chosen) {
    await demo.api('decideTask', { params: { taskId: id }, body: { outcome: 'approved', form: {} } });
  }
  return chosen.length;
}

export async function storm(demo: DemoPlatform, options: StormOptions): Promise<StormReport> {
  const { deals, kills, seed, onProgress } = options;
  const began = Date.now();
  const chance = chances(seed);
  const wanted = Array.from({ length: deals }, (_, index) => dealNumber(index));
  const names = wanted.map(({ name }) => name);
  const ids: string[] = [];
  for (let from = 0; from < deals; from += dealsPerCall) {
    ids.push(...(await addDeals(demo, wanted.slice(from, from + dealsPerCall))));
  }
  onProgress(`${ids.length} deals are in the CRM; the storm begins (seed ${seed})`);
  stirUp(demo.simulators, deals, seed);
  const winning = win(demo, ids);
  const writes = writeCounter(demo);
  // About thirty writes a deal: the kills are spread over the first half of them.
  const stretch = Math.max(10, (deals * 15) / kills);
  for (let kill = 1; kill <= kills; kill += 1) {
    const goal = writes() + 1 + Math.floor(chance() * stretch);
    await until(`write ${goal}`, async () => writes() >= goal, { withinMs: 600_000, everyMs: 20 });
    await demo.platform.kill();
    await demo.restart();
    onProgress(`kill -9 number ${kill} after ${goal} writes; started again`);
  }
  await winning;
  await untilSettled(demo, ids, names, onProgress);
  onProgress(`${await approveHalf(demo)} approvals are given`);
  const { fates, repeatedEvents } = await untilSettled(demo, ids, names, onProgress);

  const created = (system: 'netsuite' | 'kantata') =>
    demo.simulators
      .get(system)
      .audit({ operation: 'create' })
      .map(({ object, externalKey }) => ({ object, externalKey: externalKey ?? null }));
  const outcomes = new Map<string, number>();
  for (const fate of fates) {
    const words = outcomeWords(fate);
    outcomes.set(words, (outcomes.get(words) ?? 0) + 1);
  }
  return {
    promises: proofOf({ fates, erp: created('netsuite'), psa: created('kantata'), tasksPerProject: months }),
    outcomes,
    faults: await damage(demo.simulators),
    kills,
    repeatedEvents,
    tookMs: Date.now() - began,
  };
}

function outcomeWords({ run, askedAs, asked }: Fate): string {
  if (run?.status === 'succeeded') return 'completed';
  const whom = [...new Set(asked)].sort().join(', ');
  if (askedAs === 'exception') return `exception, owned by ${whom}`;
  if (askedAs === 'task') return `waits for ${whom}`;
  return run ? run.status : 'no run';
}
