import type { Flow, JsonObject, JsonValue, RunId, TaskId } from '@waybill/flow-model';
import { createEngine } from '../create-engine.ts';
import type { Engine, EngineOptions, StartRequest } from '../engine.ts';
import type { InboxMessage, JournalRecord, JournalRecordType } from '../journal-record.ts';
import { memoryBlobs } from '../memory/memory-blobs.ts';
import type { MemoryJournal } from '../memory/memory-journal.ts';
import { memoryJournal } from '../memory/memory-journal.ts';
import type { BlobStore, OpenTask, RunSummary } from '../ports/index.ts';
import { aFlow, testDefinitions, versionIdOf } from './flow-builder.ts';
import type { ManualClock } from './manual-clock.ts';
import { manualClock } from './manual-clock.ts';
import type { Script, ScriptedNodeHost } from './scripted-node-host.ts';
import { scriptedNodeHost } from './scripted-node-host.ts';

export interface RaisedEvent {
  eventId: string;
  event: string;
  key: string;
  payload: JsonObject;
}

/** An engine over parts that a test can look into and move by hand. */
export interface TestBench {
  engine: Engine;
  journal: MemoryJournal;
  blobs: BlobStore;
  clock: ManualClock;
  host: ScriptedNodeHost;
  /** Tasks that are open, by id. */
  tasks: Map<TaskId, OpenTask>;
  closedTasks: { taskId: TaskId; how: string; outcome?: string | undefined }[];
  raised: RaisedEvent[];
  portFailures: string[];
  flow: Flow;
  start(input?: JsonValue, request?: Partial<StartRequest>): Promise<RunId>;
  deliver(runId: RunId, message: InboxMessage, key?: string): ReturnType<Engine['deliver']>;
  /** Lets everything happen that needs no time to pass. */
  settle(): Promise<void>;
  advance(byMs: number): Promise<void>;
  summary(runId: RunId): Promise<RunSummary>;
  records(runId: RunId): JournalRecord[];
  recordsOf<T extends JournalRecordType>(runId: RunId, type: T): Extract<JournalRecord, { type: T }>[];
  /** A second process on the same journal: the first is forgotten as a kill would forget it. */
  restart(): Promise<void>;
}

/** Passes its input on; what a node does that a test does not script. */
const passOn: Script = (call) => ({ port: 'out', value: call.scope.input });

export const passOnScripts: Record<string, Script> = Object.fromEntries(
  ['trigger', 'pure', 'read', 'natural', 'keyed', 'probed', 'once', 'undoable', 'undoable-once', 'pair'].map((name) => [
    `test.${name}`,
    passOn,
  ]),
);

const defaultScripts: Record<string, Script> = {
  ...passOnScripts,
  'test.each': (call) => ({
    do: 'fan-out',
    items: Array.isArray(call.scope.input) ? call.scope.input : [],
    concurrency: typeof call.params['concurrency'] === 'number' ? call.params['concurrency'] : 2,
    onItemError: call.params['onItemError'] === 'continue' ? 'continue' : 'stop',
  }),
  'test.scope': (call) => ({ do: 'enter', value: call.scope.input }),
};

export function testBench(
  flows: Flow | Flow[] = aFlow({ start: 'trigger' }),
  scripts: Record<string, Script> = {},
  options: Partial<EngineOptions> = {},
): TestBench {
  const list = Array.isArray(flows) ? flows : [flows];
  const flow = list[0] as Flow;
  const journal = memoryJournal();
  const blobs = memoryBlobs();
  const clock = manualClock();
  const host = scriptedNodeHost({ ...defaultScripts, ...scripts });
  const tasks = new Map<TaskId, OpenTask>();
  const closedTasks: TestBench['closedTasks'] = [];
  const raised: RaisedEvent[] = [];
  const portFailures: string[] = [];
  let ids = 0;
  let generation = 0;
  const build = (): Engine => {
    generation += 1;
    const mine = generation;
    const alive = () => mine === generation;
    // A killed process writes nothing more: what the old engine still does goes nowhere.
    const guarded: EngineOptions = {
      journal: {
        ...journal,
        accept: (run) => (alive() ? journal.accept(run) : new Promise(() => {})),
        append: (...args) => (alive() ? journal.append(...args) : new Promise(() => {})),
        saveSnapshot: (...args) => (alive() ? journal.saveSnapshot(...args) : new Promise(() => {})),
      },
      blobs,
      clock: { now: clock.now, wakeAt: (at, callback) => clock.wakeAt(at, () => alive() && callback()) },
      nodeHost: host,
      definitions: testDefinitions(...list),
      bus: { published() {}, stepStarted() {} },
      tasks: {
        open: async (task) => void tasks.set(task.taskId, task),
        close: async (taskId, how, outcome) => {
          tasks.delete(taskId);
          closedTasks.push({ taskId, how, outcome });
        },
        stillOpen: async (after, limit) =>
          [...tasks.values()]
            .filter(({ taskId }) => after === null || taskId > after)
            .sort((a, b) => (a.taskId < b.taskId ? -1 : 1))
            .slice(0, limit)
            .map(({ taskId, runId }) => ({ taskId, runId })),
      },
      events: { raise: async ({ eventId, event, key, payload }) => void raised.push({ eventId, event, key, payload }) },
      newId: () => `run-${String(++ids).padStart(6, '0')}`,
      onPortFailure: (what, runId, error) => portFailures.push(`${what} ${runId}: ${String(error)}`),
      ...options,
    };
    return createEngine(guarded);
  };
  const settle = async () => {
    // Turns of the event loop, until a while of them changed nothing.
    for (let quiet = 0, seen = -1; quiet < 5; quiet += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      const progress = journal.writes + host.calls.length;
      if (progress !== seen) quiet = 0;
      seen = progress;
    }
  };
  let delivered = 0;
  const bench: TestBench = {
    blobs,
    engine: build(),
    journal,
    clock,
    host,
    tasks,
    closedTasks,
    raised,
    portFailures,
    flow,
    start: async (input = null, request = {}) => {
      const { runId } = await bench.engine.start({
        versionId: versionIdOf(flow),
        triggerNode: 'start',
        input,
        mode: 'live',
        startedBy: 'test',
        ...request,
      });
      await settle();
      return runId;
    },
    deliver: async (runId, message, key = `message-${++delivered}`) => {
      const answer = await bench.engine.deliver(runId, key, message);
      await settle();
      return answer;
    },
    settle,
    advance: async (byMs) => {
      clock.advance(byMs);
      await settle();
    },
    summary: async (runId) => {
      const summary = await journal.summary(runId);
      if (!summary) throw new Error(`there is no run ${runId}`);
      return summary;
    },
    records: (runId) => journal.records(runId),
    recordsOf: <T extends JournalRecordType>(runId: RunId, type: T) =>
      journal.records(runId).filter((record): record is Extract<JournalRecord, { type: T }> => record.type === type),
    restart: async () => {
      bench.engine = build();
      await bench.engine.recover();
      await settle();
    },
  };
  return bench;
}
