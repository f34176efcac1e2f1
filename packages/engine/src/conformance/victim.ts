/**
 * The process that is killed: an engine on the driver of the caller.
 *
 *   node victim.ts <driver module> <place> load            starts runs of every flow until it is killed
 *   node victim.ts <driver module> <place> finish          starts none, ends when no run is open
 *   node victim.ts <driver module> <place> later <n>       starts n runs that wait two hours; says when all of them wait
 *   node victim.ts <driver module> <place> again           starts every event a second time, then ends
 *
 * WAYBILL_CLOCK_OFFSET_MS moves its clock. Prints one line of JSON once it has recovered.
 */
import type { TaskId } from '@waybill/flow-model';
import { createEngine } from '../create-engine.ts';
import type { Engine } from '../engine.ts';
import type { OpenTask, RunSummary } from '../ports/index.ts';
import { systemClock } from '../system-clock.ts';
import { versionIdOf } from '../testing/flow-builder.ts';
import type { OpenDriver, Pace } from './driver.ts';
import { definitions, type FlowName, flows } from './flows.ts';
import { outsideLog, readOutside } from './outside-log.ts';
import { outsideWorld } from './outside-world.ts';

/** Senders per flow, and runs under way after which they hold back: more would only fill the disk. */
const loads: Record<Pace, { lanes: Record<Exclude<FlowName, 'later'>, number>; activeRuns: number }> = {
  full: { lanes: { ordered: 12, effects: 24, once: 4, crowd: 2 }, activeRuns: 400 },
  light: { lanes: { ordered: 3, effects: 2, once: 1, crowd: 0 }, activeRuns: 6 },
};
const MOST_TIMERS = 1_000;
/** Share of events that come a second time. */
const duplicates = 0.05;

const [driverModule = '', place = '.', mode = 'load', count = '0'] = process.argv.slice(2);
const offsetMs = Number(process.env['WAYBILL_CLOCK_OFFSET_MS'] ?? 0);

const { openDriver, pace } = (await import(driverModule)) as { openDriver: OpenDriver; pace: Pace };
const load = loads[pace];
const driver = await openDriver(place);
const log = outsideLog(place);
const system = systemClock();
const clock = {
  now: () => system.now() + offsetMs,
  wakeAt: (at: number, callback: () => void) => system.wakeAt(at - offsetMs, callback),
};
const world = outsideWorld(place, log, clock.now);

/** A person who looks in the outside system and says what is true. */
async function answer(task: OpenTask): Promise<void> {
  if (task.body.kind !== 'in-doubt') return;
  const decision = world.hasHappened(task.body.effectKey) ? 'happened' : 'retry';
  const { runId, step, taskId } = task;
  await engine.deliver(runId, `answer:${taskId}`, {
    kind: 'in-doubt-resolved',
    step,
    decision,
    by: 'person',
    reason: 'looked',
  });
}

const answered = new Set<TaskId>();
const engine: Engine = createEngine({
  journal: driver.journal,
  blobs: driver.blobs,
  definitions,
  clock,
  nodeHost: world,
  bus: {
    stepStarted() {},
    published(runId, records) {
      for (const { record } of records) {
        if (record.type !== 'step-succeeded') continue;
        void log.append({ t: 'outcome', run: runId, step: record.step });
      }
    },
  },
  tasks: {
    async open(task) {
      if (answered.has(task.taskId)) return;
      answered.add(task.taskId);
      setImmediate(() => void answer(task));
    },
    async close() {},
    stillOpen: async () => [],
  },
  events: { async raise() {} },
  // A store that is busy for a moment stops no run; what matters shows in the outside log.
  onPortFailure() {},
});

const recovered = await engine.recover();
console.log(JSON.stringify(recovered));

async function start(flow: FlowName, event: string, input: { key: string; n: number }): Promise<void> {
  const { runId } = await engine.start({
    versionId: versionIdOf(flows[flow]),
    triggerNode: 'start',
    input,
    dedupeKey: event,
    mode: 'live',
    startedBy: 'conformance',
  });
  await log.append({ t: 'started', run: runId, event: `${flow}:${event}` });
}

const numberAfter = (events: readonly string[]): number =>
  1 + Math.max(-1, ...events.map((event) => Number(event.slice(event.lastIndexOf('#') + 1))));

/** One sender: the next event leaves when the one before was acknowledged; some come twice. */
async function keepSending(flow: FlowName, key: string, sent: readonly string[]): Promise<never> {
  const prefix = `${flow}:${key}#`;
  let n = numberAfter(sent.filter((event) => event.startsWith(prefix)));
  for (;;) {
    await start(flow, `${key}#${n}`, { key, n });
    if (n > 0 && Math.random() < duplicates) await start(flow, `${key}#${n - 1}`, { key, n: n - 1 });
    n += 1;
    while (engine.stats().activeRuns > load.activeRuns) await new Promise((resolve) => setImmediate(resolve));
  }
}

const sent = readOutside(place).flatMap((line) => (line.t === 'started' ? [line.event] : []));

/** Asks the store only while nothing is under way: it has better things to do meanwhile. */
async function untilIdleAnd(holds: (open: readonly RunSummary[]) => boolean): Promise<void> {
  const isOver = async () => engine.stats().activeRuns === 0 && holds(await driver.journal.openRuns(null, MOST_TIMERS));
  while (!(await isOver())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/**
 * On a machine so busy that a process dies twenty times before it gets any work done, the runs it always died with are set
 * aside, as they should be. A person who knows better has them go on.
 */
async function resumeSetAside(): Promise<void> {
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const filter = { statuses: ['quarantined' as const] };
    const { runs, nextCursor } = await driver.journal.list({ filter, limit: 500, ...(cursor ? { cursor } : {}) });
    for (const { runId } of runs) await engine.deliver(runId, `resume:${runId}`, { kind: 'resume', by: 'person' });
    cursor = nextCursor;
  }
}

async function end(): Promise<void> {
  await untilIdleAnd((open) => open.length === 0);
  await resumeSetAside();
  await untilIdleAnd((open) => open.length === 0);
  await engine.stop(1_000);
  console.log(JSON.stringify(await driver.journal.effectCounts({})));
  await driver.close();
}

switch (mode) {
  case 'load': {
    const senders = (Object.entries(load.lanes) as [keyof typeof load.lanes, number][]).flatMap(([flow, width]) =>
      Array.from({ length: width }, (_, lane) => keepSending(flow, `lane${lane}`, sent)),
    );
    await Promise.all(senders);
    break;
  }
  case 'later':
    for (let n = 0; n < Number(count); n += 1) await start('later', `timer#${n}`, { key: 'timer', n });
    // One that was only accepted would set its timer by the clock of the next process.
    await untilIdleAnd((open) => open.every((run) => run.status === 'waiting'));
    console.log('waiting');
    setInterval(() => undefined, 60_000);
    break;
  case 'again':
    for (const event of new Set(sent)) {
      const [flow, rest = ''] = event.split(':') as [FlowName, string];
      const [key = '', n = '0'] = rest.split('#');
      await start(flow, rest, { key, n: Number(n) });
    }
    await end();
    break;
  default:
    await end();
}
