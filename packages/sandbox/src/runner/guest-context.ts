import ivm from 'isolated-vm';
import type { HostCallKind } from '../guest/host-calls.ts';
import type { RunnerSetup } from '../protocol.ts';
import type { Domain } from './domain.ts';

/** A trip as plain values, the one form that crosses into an isolate without an object of its own. */
const tripArguments = (trip: GuestTrip): (string | number | boolean)[] =>
  trip.kind === 'deliver'
    ? [trip.kind, trip.key, trip.body, trip.call, trip.ok, trip.head]
    : [trip.kind, trip.key, trip.body, 0, true, trip.next];

/** Time to bring up a context; package code at module level runs in it. */
const START_TIMEOUT_MS = 10_000;

/**
 * Something an execution brings into its context; `body` is the step, the evaluation or the answer's body, `next` what may
 * run after the step.
 */
export type GuestTrip =
  | { kind: 'run' | 'evaluate'; key: number; body: string; next: string }
  | { kind: 'deliver'; key: number; call: number; ok: boolean; head: string; body: string };

/** Above this many bytes isolated-vm hands a text over as one outside V8's heap, which nothing but a rare full collection frees. */
const INSIDE_HEAP_BYTES = 1_000;

/** A text in pieces that get into an isolate's own heap, where they go with the next young garbage. */
export function textPieces(text: string, isOneByte: boolean): string[] {
  const length = isOneByte ? INSIDE_HEAP_BYTES : INSIDE_HEAP_BYTES / 2;
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += length) pieces.push(text.slice(at, at + length));
  return pieces;
}

/** The functions of a started guest, as references into its context. */
export interface GuestContext {
  readonly context: ivm.Context;
  /** One trip to the isolate's thread for all of these. */
  enter(trips: readonly GuestTrip[], timeoutMs: number): Promise<unknown>;
  /** A trip of its own for a chunk of a record stream, whose text comes in the pieces of `textPieces`. */
  enterRecords(
    key: number,
    json: string,
    text: readonly string[],
    code: readonly ivm.Reference[],
    timeoutMs: number,
  ): Promise<unknown>;
  forget(key: number): void;
  release(): void;
}

export interface GuestHooks {
  post(key: number, call: number, kind: HostCallKind, payload: string): void;
  done(key: number, isLast: boolean, json: string, step: string): void;
}

export interface GuestOptions {
  limits: RunnerSetup['limits'];
  mayRunCode: boolean;
  /** Freeze the realm, so that it can serve one run after the other. */
  shared: boolean;
}

/**
 * Makes a context from the domain's snapshot and starts the guest in it. Host functions are handed over
 * as plain callbacks whose results nobody waits for: no host promise ever enters an isolate.
 */
export async function startGuest(
  domain: Pick<Domain, 'isolate'>,
  hooks: GuestHooks,
  options: GuestOptions,
): Promise<GuestContext> {
  const context = await domain.isolate.createContext();
  const closure = `
    const guest = globalThis.__waybillGuest;
    const loaded = globalThis.__waybillPackage;
    delete globalThis.__waybillGuest;
    delete globalThis.__waybillPackage;
    const started = guest.start({
      package: loaded.nodePackage,
      limits: { outputChars: $2, openHostCalls: $3, followChars: $6 },
      post: $0,
      done: $1,
      mayRunCode: $4,
    });
    return $5 ? guest.lockdown().then(() => started) : started;`;
  const args = [
    new ivm.Callback(hooks.post, { ignored: true }),
    new ivm.Callback(hooks.done, { ignored: true }),
    options.limits.outputChars,
    options.limits.openHostCalls,
    options.mayRunCode,
    options.shared,
    options.limits.followChars,
  ];
  const started: ivm.Reference<Record<string, (...args: never[]) => void>> = await context.evalClosure(closure, args, {
    result: { reference: true, promise: true },
    timeout: START_TIMEOUT_MS,
  });
  const [enter, records, forget] = await Promise.all(
    ['enter', 'records', 'forget'].map((name) => started.get(name, { reference: true })),
  );
  started.release();
  if (!enter || !records || !forget) throw new Error('the guest script is incomplete');
  let isReleased = false;
  return {
    context,
    enter: (trips, timeout) => enter.apply(undefined, trips.flatMap(tripArguments) as never, { timeout }),
    enterRecords: (key, json, text, code, timeout) =>
      records.apply(undefined, [key, json, text.length, ...text, ...code.map((each) => each.derefInto())] as never, {
        timeout,
      }),
    forget: (key) => forget.applyIgnored(undefined, [key] as never),
    release() {
      if (isReleased || domain.isolate.isDisposed) return;
      isReleased = true;
      for (const reference of [enter, records, forget]) reference.release();
      context.release();
    },
  };
}
