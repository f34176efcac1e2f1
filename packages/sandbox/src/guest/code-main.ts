// Entry of the script in contexts that run a person's own code: one context per execution.
import type { GuestCall } from './call.ts';
import { messageOf, stackIn } from './failure.ts';
import { harden } from './harden.ts';
import { asJson } from './outcome.ts';

harden('snapshot');

type UserFunction = (scope: object) => unknown;

/** Runs the function over the step's scope; `done` receives the result or the error as JSON. */
function run(json: string, body: UserFunction, file: string, maxChars: number, done: (json: string) => void): void {
  const { scope } = JSON.parse(json) as GuestCall;
  const { input, steps, trigger, vars, item, index, run } = scope;
  const invoke = async () => body({ input, steps, trigger, vars, item, index, run });
  invoke().then(
    (value) => done(resultOf(value, maxChars)),
    (thrown: unknown) => done(JSON.stringify({ ok: false, what: messageOf(thrown), stack: stackIn(thrown, file) })),
  );
}

function resultOf(value: unknown, maxChars: number): string {
  try {
    return `{"ok":true,"value":${value === undefined ? 'null' : asJson(value, 'What the code returned', maxChars)}}`;
  } catch (thrown) {
    const { code, details } = thrown as { code?: string; details?: { what: string } };
    return JSON.stringify({ ok: false, code, what: details?.what ?? messageOf(thrown) });
  }
}

Object.defineProperty(globalThis, '__waybillGuest', {
  value: Object.freeze({ run, harden: () => harden('context') }),
  configurable: true,
});
