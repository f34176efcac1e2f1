// What the parts cost without an engine: Express, the flow's trips into isolates, one durable commit, the reply. Nothing is
// checked, governed, followed live or able to go on after a crash, so no engine around the same parts can be faster.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NewRun, NextStep, StepCall } from '@waybill/engine/ports';
import type { FlowNode, FlowVersionId, JsonValue, NodeId, RunId } from '@waybill/flow-model';
import { createSandbox } from '@waybill/sandbox';
import { readConfig } from '@waybill/server';
import { openSqliteJournal } from '@waybill/store';
import express from 'express';
import { Pool } from 'undici';
import { httpFlow, transformFlow } from './flows.ts';

const [target = ''] = process.argv.slice(2);
const dataDir = mkdtempSync(join(tmpdir(), 'waybill-pipeline-'));
const journal = await openSqliteJournal({ file: join(dataDir, 'journal.db') });
const pool = new Pool(new URL(target).origin, { connections: 64 });
const refuse = async (): Promise<never> => {
  throw new Error('the flows of the benchmark do not ask for this');
};
const sandbox = await createSandbox({
  bundlesDir: readConfig({}).bundlesDir,
  capabilities: {
    async http({ method, url }) {
      const { statusCode, headers, body } = await pool.request({ method: method as 'GET', path: url });
      return { status: statusCode, headers: headers as Record<string, string>, body: await body.text() };
    },
    crosswalkFind: refuse,
    crosswalkFindMany: refuse,
    crosswalkLink: refuse,
    crosswalkUnlink: refuse,
    tableLookup: refuse,
    tableLookupMany: refuse,
  },
});

interface Pipeline {
  flow: ReturnType<typeof transformFlow>;
  /** Steps that go together, one after the other. */
  trips: NodeId[][];
}
const transform: Pipeline = { flow: transformFlow(), trips: [['hook', 'total', 'answer']] };
const http: Pipeline = { flow: httpFlow(), trips: [['hook'], ['a'], ['b'], ['c'], ['answer']] };

const nodeOf = ({ flow }: Pipeline, id: NodeId): FlowNode => {
  const node = flow.nodes[id];
  if (!node) throw new Error(`no step ${id}`);
  return node;
};

function following(pipeline: Pipeline, port: string, [id, ...rest]: NodeId[]): NextStep[] {
  if (id === undefined) return [];
  const { type: nodeType, version: nodeVersion, params } = nodeOf(pipeline, id);
  const known = { steps: {}, trigger: null };
  const own = { port, step: id, id, nodeType, nodeVersion, params, inputPort: 'in', known, effectKey: id };
  return [{ ...own, reads: [], triggerFrom: null, next: following(pipeline, 'done', rest) }];
}

function callOf(pipeline: Pipeline, [id = '', ...rest]: NodeId[], runId: RunId, input: JsonValue): StepCall {
  const { type: nodeType, version: nodeVersion, params, connections = {} } = nodeOf(pipeline, id);
  const now = Date.now();
  const run = { id: runId, flowId: pipeline.flow.id, startedAt: now, correlationId: runId, businessKey: null };
  const isTrigger = id === 'hook';
  return {
    ...{ mode: 'run', runId, step: id, nodeType, nodeVersion, params, connections, effectKey: runId, attempt: 1, now },
    scope: { input, steps: {}, trigger: null, run, vars: {} },
    input: { [isTrigger ? 'event' : 'in']: input },
    ...{ timeoutMs: 30_000, memoryMb: 128 },
    next: following(pipeline, isTrigger ? 'received' : 'done', rest),
  };
}

function finished(pipeline: Pipeline, runId: RunId, input: JsonValue, body: JsonValue): NewRun {
  const at = Date.now();
  const versionId = 'bench:v1' as FlowVersionId;
  const shared = {
    flowId: pipeline.flow.id,
    versionId,
    mode: 'live',
    startedBy: 'bench',
    correlationId: runId,
  } as const;
  const noKeys = { businessKey: null, orderingKey: null, dedupeKey: null };
  const nothing = { ...noKeys, parentRunId: null, replayRoot: null, wakeAt: null };
  return {
    records: [
      { at, type: 'run-accepted', start: { ...shared, triggerNode: 'hook', input: { v: input } } },
      { at, type: 'run-finished', status: 'succeeded', output: { v: body } },
    ],
    summary: {
      ...{ ...shared, ...nothing, runId, status: 'succeeded', acceptedAt: at, updatedAt: at, finishedAt: at },
      ...{
        currentStep: null,
        currentNode: null,
        currentWaits: 0,
        alsoAt: [],
        note: null,
        errorCode: null,
        errorWhat: null,
        errorClass: null,
        seq: 2,
        holdsKey: false,
      },
    },
  };
}

const { signal } = new AbortController();
let runs = 0;
const serving = (pipeline: Pipeline) => async (request: express.Request, response: express.Response) => {
  runs += 1;
  const runId = `run-${runs}` as RunId;
  const input: JsonValue = { method: 'POST', headers: {}, query: {}, body: request.body as JsonValue };
  let value: JsonValue = input;
  let body: JsonValue = null;
  for (const trip of pipeline.trips) {
    const result = await sandbox.execute(callOf(pipeline, trip, runId, value), signal);
    const last = result.ok ? (result.followed?.at(-1)?.result ?? result) : result;
    if (!last.ok || last.outcome === null) throw new Error(last.ok ? 'no outcome' : last.error.what);
    if ('do' in last.outcome) body = last.params['body'] ?? null;
    else value = last.outcome.value;
  }
  await journal.accept(finished(pipeline, runId, input, body));
  response.json(body);
};

const app = express();
app.use(express.json({ limit: '1mb' }));
app.post('/transform', serving(transform));
app.post('/http', serving(http));
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  console.log(JSON.stringify({ transform: `${origin}/transform`, http: `${origin}/http` }));
});
process.once('SIGTERM', () => {
  void Promise.all([sandbox.stop(), journal.close(), pool.close()]).then(() => {
    rmSync(dataDir, { recursive: true, force: true });
    process.exit(0);
  });
});
