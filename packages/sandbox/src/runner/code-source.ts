import { createHash } from 'node:crypto';
import { stripTypeScriptTypes } from 'node:module';

/** Name of the user's code in stack traces. */
export const CODE_FILE = 'code.ts';
const MAX_SOURCE_CHARS = 512_000;
const CACHE_SIZE = 200;

export type StrippedSource = { ok: true; script: string } | { ok: false; what: string };

const stripped = new Map<string, StrippedSource>();

/**
 * A script that yields the user's code as a function. Types become blanks, so lines and columns are those
 * of the author; the wrapper's own line is line 0, see `lineOffset` where it is compiled.
 */
export function functionScript(
  source: string,
  parameters = '{ input, steps, trigger, vars, item, index, run }',
  kind: 'async' | 'plain' = 'async',
): StrippedSource {
  if (source.length > MAX_SOURCE_CHARS)
    return { ok: false, what: `The code has ${source.length} characters, at most ${MAX_SOURCE_CHARS} are allowed.` };
  const hash = createHash('sha256').update(`${kind}${parameters}\n${source}`).digest('base64');
  const known = stripped.get(hash);
  if (known) return known;
  const result = strip(source, parameters, kind);
  if (stripped.size >= CACHE_SIZE) for (const oldest of stripped.keys()) if (stripped.delete(oldest)) break;
  stripped.set(hash, result);
  return result;
}

function strip(source: string, parameters: string, kind: 'async' | 'plain'): StrippedSource {
  const wrapped = `(${kind === 'async' ? 'async ' : ''}(${parameters}) => {\n${source}\n})`;
  try {
    return { ok: true, script: stripTypeScriptTypes(wrapped, { mode: 'strip' }) };
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return { ok: false, what: `The code cannot be read: ${message.trim().slice(0, 1_000)}` };
  }
}
