import type { ErrorRecord, JsonObject, JsonValue } from '@waybill/flow-model';
import type { NodeOutcome } from '@waybill/node-sdk';
import type { NodeHost, StepCall, StepResult } from '../ports/index.ts';

/** What a node type does in a test: an outcome, or a whole result. */
export type Script = (
  call: StepCall,
  signal: AbortSignal,
) => NodeOutcome | StepResult | null | Promise<NodeOutcome | StepResult | null>;

export interface ScriptedNodeHost extends NodeHost {
  /** Calls in the order they began. */
  calls: StepCall[];
  scripts: Record<string, Script>;
}

/** A node host in this process: nodes are functions by type, expressions are dotted paths. */
export function scriptedNodeHost(scripts: Record<string, Script>): ScriptedNodeHost {
  const host: ScriptedNodeHost = {
    calls: [],
    scripts,
    async execute(call, signal) {
      host.calls.push(call);
      const script = host.scripts[call.nodeType];
      if (!script) return failed({ ...unknownNode, what: `No script for ${call.nodeType}.` });
      const answer = await script(call, signal);
      if (answer !== null && 'ok' in answer) return answer;
      return { ok: true, outcome: answer, params: {}, log: [], tookMs: 0 };
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
