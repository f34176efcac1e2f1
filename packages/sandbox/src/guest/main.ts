// Entry of the script that runs inside isolates. It registers itself under one name, which the runner
// takes away again once it holds the functions.
import './zod-settings.ts';
import type { ErasedNodeDefinition, NodePackage } from '@waybill/node-sdk';
import type { GuestCall, GuestChunk, GuestEvaluation, GuestLimits } from './call.ts';
import { sharedByExpressions } from './expression.ts';
import { harden } from './harden.ts';
import type { HostCalls, PostHostCall } from './host-calls.ts';
import { createHostCalls } from './host-calls.ts';
import { lockdown } from './lockdown.ts';
import type { CodeStage } from './records.ts';
import { executeChunk } from './records.ts';
import { executeEvaluation } from './step.ts';
import { executeTrip } from './trip.ts';

harden('snapshot');

interface StartOptions {
  package: NodePackage;
  limits: GuestLimits;
  post: PostHostCall;
  /** Of a step, or of one handed along with it; empty JSON: no more of these comes. */
  done(execution: number, isLast: boolean, json: string, step: string): void;
  mayRunCode: boolean;
}

type TripValues = [
  kind: 'run' | 'evaluate' | 'deliver',
  execution: number,
  body: string,
  call: number,
  ok: boolean,
  head: string,
];

function start({ package: nodePackage, limits, post, done, mayRunCode }: StartOptions) {
  harden('context');
  const definitions = new Map<string, ErasedNodeDefinition>();
  for (const definition of nodePackage.nodes) definitions.set(definition.type, definition);
  const open = new Map<number, HostCalls>();
  const tools = { definitions, limits, mayRunCode };
  const finish = (execution: number) => (json: string) => {
    open.delete(execution);
    done(execution, true, json, '');
  };
  function run(execution: number, json: string, next: string): void {
    const host = createHostCalls(execution, post, limits.openHostCalls);
    open.set(execution, host);
    void executeTrip(JSON.parse(json) as GuestCall, next, host, tools, (isLast, result, step) => {
      if (isLast) open.delete(execution);
      done(execution, isLast, result, step);
    });
  }
  return {
    /** Six values per trip, see `tripArguments` of the runner. */
    enter(...values: unknown[]): void {
      for (let at = 0; at < values.length; at += 6) {
        const [kind, execution, body, call, ok, head] = values.slice(at, at + 6) as TripValues;
        if (kind === 'run') run(execution, body, head);
        else if (kind === 'deliver') open.get(execution)?.deliver(call, { ok, head, body });
        else void executeEvaluation(JSON.parse(body) as GuestEvaluation, limits).then(finish(execution));
      }
    },
    /** A chunk of a record stream: the pieces of its text, then the functions of its code stages. */
    records(execution: number, json: string, pieces: number, ...values: unknown[]): void {
      const text = values.slice(0, pieces).join('');
      const code = values.slice(pieces) as CodeStage[];
      const host = createHostCalls(execution, post, limits.openHostCalls);
      open.set(execution, host);
      void executeChunk(JSON.parse(json) as GuestChunk, text, code, host, limits).then(finish(execution));
    },
    /** The execution was given up: its answers are no longer wanted. */
    forget(execution: number): void {
      open.delete(execution);
    },
  };
}

Object.defineProperty(globalThis, '__waybillGuest', {
  value: Object.freeze({ start, lockdown: async () => lockdown(await sharedByExpressions()) }),
  configurable: true,
});
