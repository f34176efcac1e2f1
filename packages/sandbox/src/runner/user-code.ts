import type { ErrorRecord } from '@waybill/flow-model';
import ivm from 'isolated-vm';
import { CODE_FILE } from './code-source.ts';

/** A mistake in a person's own code. */
export const codeError = (code: string, what: string, stack?: string): ErrorRecord => ({
  code,
  what,
  fix: 'Correct the code of the step; the lines are those of its editor.',
  owner: 'user',
  engine: 'stop',
  ...(stack ? { stack } : {}),
});

export interface UserCode {
  isolate: ivm.Isolate;
  /** Fresh: nothing has run in it but the guest script of its snapshot. */
  context: ivm.Context;
  /** JSON of the step; the code sees its scope. */
  json: string;
  /** From `functionScript`. */
  script: string;
  timeoutMs: number;
  outputChars: number;
  /** Receives what the code returned or threw, as JSON; made inside the isolate, so not to be trusted. */
  finished(json: string): void;
}

/** Compiles a person's code and starts it over the scope of its step. Rejects when a limit is hit. */
export async function enterCode({
  isolate,
  context,
  json,
  script,
  timeoutMs,
  outputChars,
  finished,
}: UserCode): Promise<void> {
  await context.eval('__waybillGuest.harden()');
  const compiled = await isolate
    .compileScript(script, { filename: CODE_FILE, lineOffset: -1 })
    .catch((thrown: unknown) => {
      const what = thrown instanceof Error ? thrown.message : String(thrown);
      finished(JSON.stringify({ ok: false, code: 'CODE_INVALID', what: `The code cannot be read: ${what}` }));
      return null;
    });
  if (!compiled) return;
  const body = await compiled.run(context, { reference: true, timeout: timeoutMs });
  await context.evalClosure(
    `const guest = globalThis.__waybillGuest; delete globalThis.__waybillGuest; guest.run($0, $1, $2, $3, $4);`,
    [json, body.derefInto(), CODE_FILE, outputChars, new ivm.Callback(finished, { ignored: true })],
    { timeout: timeoutMs },
  );
}
