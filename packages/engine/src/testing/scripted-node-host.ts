import type { ErrorRecord, FlowId, JsonObject, JsonValue, NodeId } from '@waybill/flow-model';
import type { NodeOutcome } from '@waybill/node-sdk';
import type { FollowedStep, NextStep, NodeHost, StepCall, StepResult } from '../ports/index.ts';
import { nextCall } from '../ports/index.ts';

/** What a node type does in a test: an outcome, or a whole result. */
export type Script = (
  call: StepCall,
  signal: AbortSignal,
) => NodeOutcome | StepResult | null | Promise<NodeOutcome | StepResult | null>;

export interface ScriptedNodeHost extends NodeHost {
  /** Calls in the order they began. */
  calls: StepCall[];
  scripts: Record<string, Script>;
  /** Runs what is handed along in the same trip; not unless a test says so. */
  follows: boolean;
}

/** A node host in this process: nodes are functions by type, expressions are dotted paths. */
export function scriptedNodeHost(scripts: Record<string, Script>): ScriptedNodeHost {
  const perform = async (call: StepCall, signal: AbortSignal): Promise<StepResult> => {
    host.calls.push(call);
    const script = host.scripts[call.nodeType];
    if (!script) return failed({ ...unknownNode, what: `No script for ${call.nodeType}.` });
    const answer = await script(call, signal);
    if (answer !== null && 'ok' in answer) return answer;
    return { ok: true, outcome: answer, params: {}, log: [], tookMs: 0 };
  };
  const host: ScriptedNodeHost = {
    calls: [],
    scripts,
    follows: false,
    async execute(call, signal) {
      const result = await perform(call, signal);
      if (!result.ok || !host.follows || !call.next) return result;
      const followed: FollowedStep[] = [];
      const outputs = new Map<NodeId, JsonValue>();
      const follow = async (id: NodeId, { outcome }: typeof result, next: NextStep[]): Promise<void> => {
        if (outcome === null || 'do' in outcome) return;
        outputs.set(id, outcome.value);
        for (const each of next.filter(({ port }) => port === outcome.port)) {
          const of = await perform(nextCall(call, each, outputs, outcome.value), signal);
          if (!of.ok && of.crashed) continue;
          followed.push({ step: each.step, result: of });
          if (of.ok) await follow(each.id, of, each.next);
        }
      };
      await follow(call.step.slice(call.step.lastIndexOf('/') + 1), result, call.next);
      return { ...result, followed };
    },
    async evaluate(expression, scope) {
      return { ok: true, value: atPath(scope, expression) };
    },
  };
  return host;
}

const unknownNode: ErrorRecord = {
  code: 'SCRIPT_MISSING',
  what: '',
  fix: 'Add a script to the test.',
  owner: 'user',
  engine: 'stop',
};

function atPath(scope: JsonObject, path: string): JsonValue | null {
  let value: JsonValue | undefined = scope;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    value = value[name];
  }
  return value ?? null;
}

/** A failed result. */
export const failed = (error: ErrorRecord, crashed = false): StepResult => ({
  ok: false,
  error,
  log: [],
  tookMs: 0,
  ...(crashed ? { crashed } : {}),
});

/** An error that is worth a retry unless said otherwise. */
export const anError = (given: Partial<ErrorRecord> = {}): ErrorRecord => ({
  code: 'PROVIDER_DOWN',
  what: 'The other system did not answer.',
  fix: 'Wait for it.',
  owner: 'provider',
  engine: 'retry',
  ...given,
});

/** A write that its system turned down for good, and that changed nothing there. */
export const refused = failed(anError({ code: 'REFUSED', engine: 'stop', effect: 'none' }));

/** A step that calls a flow with what it was given. */
export const callsFlow =
  (flowId: string): Script =>
  (at) => ({ do: 'call-flow', flowId: flowId as FlowId, input: at.scope.input, port: 'out' });
