import type { ErrorRecord, JsonObject } from '@waybill/flow-model';
import type { ErasedNodeDefinition } from '@waybill/node-sdk';
import type { GuestCall, GuestEvaluation, GuestLimits } from './call.ts';
import { checkedInput, contextFor } from './context.ts';
import { bindingsFor, evaluateExpression } from './expression.ts';
import { failureOf, guestError } from './failure.ts';
import type { HostCalls } from './host-calls.ts';
import { createLog } from './log.ts';
import { asJson, emission } from './outcome.ts';
import { resolveParams } from './params.ts';

export interface StepTools {
  definitions: ReadonlyMap<string, ErasedNodeDefinition>;
  limits: GuestLimits;
  mayRunCode: boolean;
}

/** Every result leaves as one JSON text; parts that were checked for size are joined, not written twice. */
const success = (parts: Record<string, string>): string =>
  `{"ok":true,${Object.entries(parts)
    .map(([name, json]) => `${JSON.stringify(name)}:${json}`)
    .join(',')}}`;
const failure = (error: ErrorRecord, more: object): string => JSON.stringify({ ok: false, error, ...more });

function definitionFor(call: GuestCall, tools: StepTools): ErasedNodeDefinition {
  const definition = tools.definitions.get(call.nodeType);
  if (!definition)
    throw guestError('NODE_UNKNOWN', `There is no node "${call.nodeType}".`, 'Install the package that brings it.');
  if (call.nodeVersion > definition.version)
    throw guestError(
      'NODE_VERSION_UNKNOWN',
      `"${call.nodeType}" version ${call.nodeVersion} is newer than the installed version ${definition.version}.`,
      'Install the newer version of the package.',
    );
  return definition;
}

/** What a step left by a port, its value as JSON; absent after anything else. */
export interface LeftBy {
  port: string;
  value: string;
}
export interface StepReport {
  /** The whole result. */
  json: string;
  left: LeftBy | null;
}

/** Runs one step and tells how it went; never rejects. */
export async function executeStep(call: GuestCall, host: HostCalls, tools: StepTools): Promise<StepReport> {
  const log = createLog(call.now);
  let params: JsonObject | undefined;
  try {
    const definition = definitionFor(call, tools);
    const raw =
      call.nodeVersion < definition.version && definition.migrate
        ? definition.migrate(call.params, call.nodeVersion)
        : call.params;
    params = call.areParamsResolved
      ? raw
      : await resolveParams(raw, definition.params, {
          scope: call.scope,
          bindings: bindingsFor({ now: call.now, seed: call.effectKey }),
        });
    const paramsJson = asJson(params, 'What the fields resolved to', tools.limits.outputChars);
    const sent = call.input ?? { [call.inputPort ?? 'in']: call.scope['input'] ?? null };
    const input = checkedInput(definition, sent);
    const context = contextFor({ definition, call, params, input, host, log, mayRunCode: tools.mayRunCode });
    const { name, json, left } = await invoke(definition, call, context, tools.limits.outputChars);
    return { json: success({ [name]: json, params: paramsJson, log: JSON.stringify(log.lines()) }), left };
  } catch (thrown) {
    const error = failureOf(thrown, `The node ${call.nodeType}`);
    return { json: failure(error, { ...smallParams(params), log: log.lines() }), left: null };
  }
}

/** Params help to understand a failure; large ones would only repeat the input. */
function smallParams(params: JsonObject | undefined): { params?: JsonObject } {
  return params !== undefined && JSON.stringify(params).length <= 65_536 ? { params } : {};
}

/** What a call came to: its name in the result, and its JSON. */
interface Part {
  name: 'outcome' | 'page' | 'polled';
  json: string;
  left: LeftBy | null;
}
const part = (name: Part['name'], json: string): Part => ({ name, json, left: null });

/** The main part of a successful result. Contexts are contravariant, hence the casts to `never`. */
async function invoke(
  definition: ErasedNodeDefinition,
  call: GuestCall,
  context: ReturnType<typeof contextFor>,
  maxChars: number,
): Promise<Part> {
  switch (call.mode) {
    case 'run': {
      const returned: unknown = await definition.run(context as never);
      return outcomePart(definition, returned, context.params as JsonObject, maxChars);
    }
    case 'probe': {
      if (!definition.probe) throw unsupported(call, 'probe');
      const found: unknown = await definition.probe(context as never);
      if (found === null || found === undefined) return part('outcome', 'null');
      return outcomePart(definition, found, context.params as JsonObject, maxChars);
    }
    case 'undo': {
      if (!definition.undo) throw unsupported(call, 'undo');
      await definition.undo({ ...context, emitted: call.emitted } as never);
      return part('outcome', 'null');
    }
    case 'page': {
      if (!definition.page) throw unsupported(call, 'page');
      const page: unknown = await definition.page({ ...context, cursor: call.cursor ?? null } as never);
      return part('page', asJson(page, 'The page', maxChars));
    }
    case 'poll': {
      if (!definition.poll) throw unsupported(call, 'poll');
      const polled: unknown = await definition.poll({ ...context, watermark: call.watermark ?? null } as never);
      return part('polled', asJson(polled, 'What the poll found', maxChars));
    }
  }
}

const unsupported = (call: GuestCall, what: string): Error =>
  guestError(
    'NODE_LACKS_MODE',
    `"${call.nodeType}" has no ${what}.`,
    'Report this to the author of the node.',
    'engine',
  );

/** Reads what the node returned once: its properties may be getters that answer differently each time. */
function outcomePart(definition: ErasedNodeDefinition, returned: unknown, params: JsonObject, maxChars: number): Part {
  if (typeof returned !== 'object' || returned === null)
    throw guestError(
      'OUTPUT_MISSING',
      `The node ${definition.type} returned ${returned === null ? 'null' : typeof returned} instead of an output.`,
      'This is a defect of the node: it must return what emit gave it. Report it to its author.',
      'engine',
    );
  const directive: unknown = (returned as { do?: unknown }).do;
  if (typeof directive === 'string') return part('outcome', asJson(returned, 'What the node asked for', maxChars));
  const { port, value: emitted } = emission(
    definition,
    params,
    (returned as { port?: unknown }).port,
    (returned as { value?: unknown }).value,
  );
  const value = asJson(emitted, `The output on "${port}"`, maxChars);
  return { name: 'outcome', json: `{"port":${JSON.stringify(port)},"value":${value}}`, left: { port, value } };
}

/** Evaluates one expression for a preview or a setting; never rejects. */
export async function executeEvaluation(request: GuestEvaluation, limits: GuestLimits): Promise<string> {
  try {
    const bindings = bindingsFor({ now: request.now, seed: request.expression });
    const value = await evaluateExpression(request.expression, request.scope, bindings);
    return success({ value: asJson(value ?? null, 'The result', limits.outputChars) });
  } catch (thrown) {
    return failure(failureOf(thrown, 'The expression'), {});
  }
}
