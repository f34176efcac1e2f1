import type { ErrorRecord } from '@waybill/flow-model';
import type ivm from 'isolated-vm';
import { CODE_FILE, functionScript } from './code-source.ts';
import type { Domain } from './domain.ts';
import type { GuestContext } from './guest-context.ts';
import { codeError } from './user-code.ts';

/** Functions of code stages by context: compiled once, so that V8 keeps what it learned from chunk to chunk. */
const known = new WeakMap<GuestContext, Map<string, ivm.Reference>>();

/** The functions of a stream's code stages inside a context, or what is wrong with one of them. */
export async function stageFunctions(
  domain: Pick<Domain, 'isolate'>,
  guest: GuestContext,
  sources: readonly string[],
  timeoutMs: number,
): Promise<ivm.Reference[] | ErrorRecord> {
  if (sources.length === 0) return [];
  const compiled = known.get(guest) ?? new Map<string, ivm.Reference>();
  known.set(guest, compiled);
  const functions: ivm.Reference[] = [];
  for (const source of sources) {
    const stripped = functionScript(source, '{ record, row, values }', 'plain');
    if (!stripped.ok) return codeError('CODE_INVALID', stripped.what);
    let reference = compiled.get(source);
    if (!reference) {
      try {
        const script = await domain.isolate.compileScript(stripped.script, { filename: CODE_FILE, lineOffset: -1 });
        reference = (await script.run(guest.context, { reference: true, timeout: timeoutMs })) as ivm.Reference;
      } catch (thrown) {
        if (domain.isolate.isDisposed) throw thrown;
        const why = thrown instanceof Error ? thrown.message : String(thrown);
        return codeError('CODE_INVALID', `The code cannot be read: ${why.slice(0, 500)}`);
      }
      compiled.set(source, reference);
    }
    functions.push(reference);
  }
  return functions;
}
