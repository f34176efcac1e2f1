/** What a run starts with: its input stored, its keys evaluated from the flow's settings. */
import type { JsonObject, RunId } from '@waybill/flow-model';
import { flowError } from '@waybill/flow-model';
import type { StartRequest } from './engine.ts';
import type { RunStart } from './journal-record.ts';
import type { Pinned } from './pinned-versions.ts';
import type { BlobStore, NodeHost } from './ports/index.ts';
import { storeValue } from './stored-value.ts';

const SETTING_TIMEOUT_MS = 2_000;

interface StartPorts {
  blobs: BlobStore;
  nodeHost: Pick<NodeHost, 'evaluate'>;
}

/** @throws {FlowError} SETTING_FAILED if a key of the flow cannot be evaluated. */
export async function runStart(
  ports: StartPorts,
  request: StartRequest,
  runId: RunId,
  { version: { flow } }: Pinned,
): Promise<RunStart> {
  const { businessKey, correlationKey, orderingKey, vars } = flow.settings;
  const stored = storeValue(ports.blobs, request.input);
  const scope: JsonObject = { input: request.input, trigger: request.input, vars: vars ?? {} };
  const evaluate = async (setting: { $: string } | undefined, name: string): Promise<string | undefined> =>
    setting ? keyOf(ports.nodeHost, setting.$, scope, name) : undefined;
  const [business, correlation, ordering] =
    businessKey || correlationKey || orderingKey
      ? await Promise.all([
          evaluate(businessKey, 'business key'),
          evaluate(correlationKey, 'correlation key'),
          evaluate(orderingKey, 'ordering key'),
        ])
      : [];
  const start: RunStart = {
    flowId: flow.id,
    versionId: request.versionId,
    triggerNode: request.triggerNode,
    input: stored instanceof Promise ? await stored : stored,
    correlationId: request.correlationId ?? correlation ?? runId,
    mode: request.mode,
    startedBy: request.startedBy,
  };
  if (request.dedupeKey !== undefined) start.dedupeKey = request.dedupeKey;
  if (request.parent !== undefined) start.parent = request.parent;
  if (request.streams !== undefined) start.streams = request.streams;
  if (request.replay !== undefined) start.replay = request.replay;
  if (business !== undefined) start.businessKey = business;
  if (ordering !== undefined) start.orderingKey = ordering;
  return start;
}

/** A key is text; an absent value is no key. */
async function keyOf(
  nodeHost: StartPorts['nodeHost'],
  expression: string,
  scope: JsonObject,
  name: string,
): Promise<string | undefined> {
  const result = await nodeHost.evaluate(expression, scope, SETTING_TIMEOUT_MS);
  if (!result.ok) {
    throw flowError('SETTING_FAILED', {
      what: `The flow's ${name} could not be evaluated: ${result.error.what}`,
      fix: `Correct the ${name} in the flow's settings and publish again.`,
      owner: 'user',
      engine: 'stop',
    });
  }
  if (result.value === null) return undefined;
  return typeof result.value === 'string' ? result.value : JSON.stringify(result.value);
}
