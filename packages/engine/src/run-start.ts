/**
 * What a run starts with: its input stored, its keys evaluated from the flow's settings. An event for which a key cannot be
 * evaluated is taken in all the same, and its run fails where people look for failed runs: its sender could mend nothing.
 */
import type { ErrorRecord, JsonObject, RunId } from '@waybill/flow-model';
import { FlowError, flowError } from '@waybill/flow-model';
import type { StartRequest } from './engine.ts';
import type { RunStart } from './journal-record.ts';
import type { Pinned } from './pinned-versions.ts';
import type { BlobStore, NodeHost } from './ports/index.ts';
import { storeValue } from './stored-value.ts';

const SETTING_TIMEOUT_MS = 2_000;
/** A key is shown in lists and looked for by: what is longer is data and no key. */
const MAX_KEY_CHARS = 1_000;

interface StartPorts {
  blobs: BlobStore;
  nodeHost: Pick<NodeHost, 'evaluate'>;
}

/**
 * @throws {FlowError} SETTING_FAILED if a key of the flow cannot be evaluated and whoever starts the run hears of it, which
 * are those who repeat a run and steps that call a flow; SETTING_NOT_EVALUATED if it cannot be at the moment.
 */
export async function runStart(
  ports: StartPorts,
  request: StartRequest,
  runId: RunId,
  { version: { flow } }: Pinned,
): Promise<RunStart> {
  const { businessKey, correlationKey, orderingKey, vars } = flow.settings;
  const stored = storeValue(ports.blobs, request.input);
  const scope: JsonObject = { input: request.input, trigger: request.input, vars: vars ?? {} };
  const isHeard = request.parent !== undefined || request.replay !== undefined;
  let fault: ErrorRecord | null = null;
  const evaluate = async (setting: { $: string } | undefined, name: string): Promise<string | undefined> => {
    if (!setting) return undefined;
    const key = await keyOf(ports.nodeHost, setting.$, scope, name);
    if (!(key instanceof FlowError)) return key;
    if (isHeard || key.details.engine === 'retry') throw key;
    fault ??= key.toRecord();
    return undefined;
  };
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
  if (fault) start.fault = fault;
  if (business !== undefined) start.businessKey = business;
  if (ordering !== undefined) start.orderingKey = ordering;
  return start;
}

/** A key is text; an absent value is no key. An error says why there is none. */
async function keyOf(
  nodeHost: StartPorts['nodeHost'],
  expression: string,
  scope: JsonObject,
  name: string,
): Promise<string | undefined | FlowError> {
  const result = await nodeHost.evaluate(expression, scope, SETTING_TIMEOUT_MS);
  if (!result.ok)
    return result.error.engine === 'retry' ? notNow(name, result.error.what) : faulty(name, result.error.what);
  if (result.value === null) return undefined;
  const key = typeof result.value === 'string' ? result.value : JSON.stringify(result.value);
  return key.length <= MAX_KEY_CHARS
    ? key
    : faulty(name, `it has ${key.length} characters, ${MAX_KEY_CHARS} are the limit.`);
}

const faulty = (name: string, why: string): FlowError =>
  flowError('SETTING_FAILED', {
    what: `The flow's ${name} could not be evaluated: ${why}`,
    fix: `Correct the ${name} in the flow's settings, publish, and repeat the run on the newest version.`,
    owner: 'user',
    engine: 'stop',
  });

const notNow = (name: string, why: string): FlowError =>
  flowError('SETTING_NOT_EVALUATED', {
    what: `The flow's ${name} could not be evaluated at the moment: ${why}`,
    fix: 'Nothing was taken in: send it again.',
    owner: 'engine',
    engine: 'retry',
    effect: 'none',
  });
