/** What travels to the sandbox for one attempt. Pure; blobs are read before. */
import type { EpochMs, JsonObject, JsonValue } from '@waybill/flow-model';
import type { CompiledFlow, CompiledNode } from './compile-flow.ts';
import { dataHashOf, inputHashOfVersion1 } from './effect-key.ts';
import type { StepKey, StoredValue } from './journal-record.ts';
import type { ExpressionScope, StepCall } from './ports/index.ts';
import type { LocatedStep, RunState } from './run-state.ts';
import { locate, rootScope } from './run-state.ts';
import type { Source, StepSources } from './step-input.ts';
import { itemOf, iterationAround, scopeInput, sourcesOf, sourceValue, storedIn, visibleSteps } from './step-input.ts';

export interface CallSources {
  ports: StepSources;
  input: Source;
  steps: Record<string, StoredValue>;
  trigger: StoredValue | null;
  item: { source: Source; index: number } | null;
}

/** All that one attempt reads of the run. */
export function callSources(compiled: CompiledFlow, state: RunState, at: LocatedStep): CallSources {
  const { scope, node } = at;
  const ports = sourcesOf(compiled, state, scope, node);
  const iteration = iterationAround(compiled, state, scope);
  const emitted = rootScope(state).steps.get(state.start.triggerNode)?.output;
  return {
    ports,
    input: scopeInput(node, ports),
    steps: visibleSteps(compiled, state, scope, node),
    trigger: node.reads.trigger ? (emitted ?? state.start.input) : null,
    item: iteration ? { source: itemOf(compiled, state, iteration), index: iteration.index } : null,
  };
}

export function storedInCall(sources: CallSources): StoredValue[] {
  const stored = [...storedIn(sources.input), ...Object.values(sources.steps)];
  if (sources.trigger) stored.push(sources.trigger);
  if (sources.item) stored.push(...storedIn(sources.item.source));
  return stored;
}

export interface AttemptToCall {
  key: StepKey;
  node: CompiledNode;
  mode: StepCall['mode'];
  attempt: number;
  effectKey: string;
  now: EpochMs;
}

export function buildCall(
  compiled: CompiledFlow,
  state: RunState,
  sources: CallSources,
  attempt: AttemptToCall,
  peek: (stored: StoredValue) => JsonValue | undefined,
): StepCall {
  const { node } = attempt;
  const edited = locate(compiled, state, attempt.key)?.step?.editedParams;
  const input: Record<string, JsonValue> = {};
  for (const port in sources.ports) input[port] = sourceValue(sources.ports[port] as Source, peek);
  const steps: Record<string, JsonValue> = {};
  for (const id in sources.steps) steps[id] = peek(sources.steps[id] as StoredValue) ?? null;
  const { start } = state;
  const scope: ExpressionScope = {
    input: node.inputPorts.length > 1 ? input : (firstOf(input) ?? null),
    steps,
    trigger: sources.trigger ? (peek(sources.trigger) ?? null) : null,
    run: {
      id: state.runId,
      flowId: start.flowId,
      startedAt: state.acceptedAt,
      correlationId: start.correlationId,
      businessKey: start.businessKey ?? null,
    },
    vars: (compiled.flow.settings.vars ?? NO_VARS) as JsonObject,
  };
  if (sources.item) {
    scope.item = sourceValue(sources.item.source, peek);
    scope.index = sources.item.index;
  }
  return {
    mode: attempt.mode,
    runId: state.runId,
    step: attempt.key,
    nodeType: node.node.type,
    nodeVersion: node.node.version,
    params: edited ? { ...node.node.params, ...edited } : node.node.params,
    scope,
    input,
    connections: node.node.connections ?? NO_CONNECTIONS,
    effectKey: attempt.effectKey,
    attempt: attempt.attempt,
    now: attempt.now,
    timeoutMs: node.timeoutMs,
    memoryMb: node.memoryMb,
  };
}

/** Tells whether two attempts would send the same; values in the blob store count by their key. */
export function dataHash(call: StepCall, input: StoredValue): string {
  const { steps, trigger, item = null, vars } = call.scope;
  const data = 'blob' in input ? input.blob : input.v;
  return dataHashOf(JSON.stringify([call.nodeType, call.params, data, steps, trigger, item, vars]));
}

/** Whether a recorded intent was about to send what this call would send. */
export function sendsTheSame(recordedHash: string, call: StepCall, input: StoredValue): boolean {
  if (recordedHash.startsWith('2:')) return recordedHash === dataHash(call, input);
  return recordedHash === ('blob' in input ? input.blob.slice(0, 16) : inputHashOfVersion1(JSON.stringify(input.v)));
}

const NO_VARS: JsonObject = {};
const NO_CONNECTIONS: Record<string, string> = {};

const firstOf = (input: Record<string, JsonValue>): JsonValue | undefined => {
  for (const port in input) return input[port];
  return undefined;
};
