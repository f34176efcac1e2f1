/** What travels to the sandbox for one attempt. Pure; blobs are read before. */
import type { EpochMs, JsonObject, JsonValue } from '@waybill/flow-model';
import type { CompiledFlow, CompiledNode } from './compile-flow.ts';
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
  mode: 'run' | 'probe';
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

const NO_VARS: JsonObject = {};
const NO_CONNECTIONS: Record<string, string> = {};

const firstOf = (input: Record<string, JsonValue>): JsonValue | undefined => {
  for (const port in input) return input[port];
  return undefined;
};
