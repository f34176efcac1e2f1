import type { Engine } from '@waybill/engine';
import { createEngine } from '@waybill/engine';
import { memoryBlobs, memoryJournal } from '@waybill/engine/memory';
import type { OpenTask } from '@waybill/engine/ports';
import type { Flow, FlowVersionId, JsonValue, NodeManifest, RunId } from '@waybill/flow-model';
import { manifestKey } from '@waybill/flow-model';
import { recordStreams } from '@waybill/records/streams';
import type { LookupTableFile } from '../lookup-tables.ts';
import { caseFiles } from './case-files.ts';
import type { Observed } from './expectations.ts';
import { mockedWorld } from './mocked-world.ts';
import { EXPIRED, nodeOf, RunWatch } from './run-watch.ts';
import type { TestCase } from './test-case.ts';
import { testClock } from './test-clock.ts';
import type { TestHost } from './test-host.ts';

/** A run that neither ends nor waits for somebody by then is taken as it is. */
const LONGEST_RUN_MS = 60_000;

export interface CaseSubject {
  flow: Flow;
  catalog: ReadonlyMap<string, NodeManifest>;
  tables: readonly LookupTableFile[];
}

/** Runs one case on an engine in memory; only the isolates are the real ones, and the outside world is the case's. */
export async function runCase(
  host: TestHost,
  { flow, catalog, tables }: CaseSubject,
  testCase: TestCase,
): Promise<Observed> {
  const watch = new RunWatch(testCase);
  const tasks = new Map<string, JsonValue>();
  const world = mockedWorld(testCase, tables);
  const clock = testClock(testCase.now);
  host.enter(world.capabilities);
  const version = {
    versionId: 'test' as FlowVersionId,
    versionNumber: 1,
    flow: { ...flow, settings: { ...flow.settings, vars: { ...flow.settings.vars, ...testCase.vars } } },
  };
  const decide = (task: OpenTask): void => {
    if (task.body.kind !== 'request') return;
    const node = nodeOf(task.step);
    tasks.set(node, JSON.parse(JSON.stringify(task.body.request)) as JsonValue);
    const { round } = task;
    const decision = testCase.decisions[node]?.[round];
    if (!decision || decision.outcome === EXPIRED) return;
    const { comment, ...rest } = decision;
    void engine.deliver(task.runId, `decision:${task.taskId}:${round}`, {
      kind: 'task-decided',
      taskId: task.taskId,
      round,
      ...rest,
      at: clock.now(),
      ...(comment === undefined ? {} : { comment }),
    });
  };
  const blobs = memoryBlobs();
  const engine: Engine = createEngine({
    journal: memoryJournal(),
    blobs,
    records: recordStreams({ blobs, host: host.nodeHost, files: caseFiles(testCase.files) }),
    nodeHost: host.nodeHost,
    clock,
    definitions: {
      version: async () => version,
      published: async () => version,
      manifest: (type, number) => catalog.get(manifestKey(type, number)),
    },
    bus: {
      published: (_run: RunId, records, summary) =>
        watch.see(
          records.map(({ record }) => record),
          summary,
        ),
      stepStarted: () => {},
    },
    tasks: { open: async (task) => decide(task), close: async () => {}, stillOpen: async () => [] },
    events: { raise: async () => {} },
  });
  let giveUp: NodeJS.Timeout | undefined;
  const tooLong = new Promise<void>((resolve) => {
    giveUp = setTimeout(resolve, LONGEST_RUN_MS);
  });
  try {
    await engine.start({
      versionId: version.versionId,
      triggerNode: testCase.trigger.node,
      input: testCase.trigger.input,
      mode: 'live',
      startedBy: 'waybill test',
    });
    await Promise.race([watch.untilDone((at) => clock.skipTo(at)), tooLong]);
  } finally {
    clearTimeout(giveUp);
    await engine.stop(1_000);
  }
  const { summary } = watch;
  return {
    status: summary?.status ?? 'unknown',
    errorCode: summary?.errorCode ?? null,
    errorWhat: summary?.errorWhat ?? null,
    outputs: watch.outputs,
    skipped: watch.skipped,
    tasks,
    sent: world.sent,
  };
}
