import type { JsonValue } from '@waybill/flow-model';
import type { Emitted, ErasedNodeDefinition } from '@waybill/node-sdk';
import { resultsFault } from '@waybill/node-sdk';
import { guestError } from './failure.ts';

const defect = (code: string, what: string): Error =>
  guestError(code, what, 'This is a defect of the node; report it to its author.', 'engine');

/** Ports that exist for these params: the declared ones and those named by entries of a list param. */
function portNames(definition: ErasedNodeDefinition, params: Record<string, JsonValue>): string[] {
  const fixed = Object.keys(definition.outputs);
  const from = definition.outputsFrom;
  const entries = from ? params[from.param] : undefined;
  if (!from || !Array.isArray(entries)) return fixed;
  const named = entries.flatMap((entry) => {
    const name = typeof entry === 'object' && entry !== null && !Array.isArray(entry) ? entry[from.name] : undefined;
    return typeof name === 'string' && name !== '' ? [name] : [];
  });
  return [...named, ...fixed];
}

/** Checks that a port exists and that the value is what the port promises. */
export function emission(
  definition: ErasedNodeDefinition,
  params: Record<string, JsonValue>,
  port: unknown,
  value: unknown,
): Emitted {
  const ports = portNames(definition, params);
  if (typeof port !== 'string' || !ports.includes(port))
    throw defect(
      'OUTPUT_PORT_UNKNOWN',
      `The node emitted on ${typeof port === 'string' ? `"${port}"` : 'something that is no port'}; its ports are ${ports.join(', ')}.`,
    );
  const declared = Object.hasOwn(definition.outputs, port) ? definition.outputs[port] : undefined;
  const checked = declared?.schema.safeParse(value);
  if (checked && !checked.success) {
    const issue = checked.error.issues[0];
    const path = issue?.path.map(String).join('.') || 'the value';
    throw defect(
      'OUTPUT_INVALID',
      `The node emitted on "${port}" something else than declared: ${path}: ${issue?.message ?? 'invalid'}.`,
    );
  }
  const fault = definition.resultsOf ? resultsFault(definition.resultsOf, params, value) : null;
  if (fault !== null)
    throw defect('OUTPUT_INVALID', `The node does not say what became of each record it sent: ${fault}.`);
  return { port, value: value as JsonValue };
}

/** Deeper values would exhaust the stack of whoever reads them after us. */
export const MAX_NESTING = 500;

/** Whether brackets outside strings are open that deep; by hand, since whatever recurses could not tell. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (inString) {
      if (char === 0x5c) at += 1;
      else if (char === 0x22) inString = false;
    } else if (char === 0x22) inString = true;
    else if (char === 0x7b || char === 0x5b) {
      depth += 1;
      if (depth > MAX_NESTING) return true;
    } else if (char === 0x7d || char === 0x5d) depth -= 1;
  }
  return false;
}

/** The text of a value, refused if it is too large, too deep or cannot be written as JSON. */
export function asJson(value: unknown, what: string, maxChars: number): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (thrown) {
    if (thrown instanceof RangeError && /string length/i.test(String(thrown))) throw tooLarge(what, maxChars);
    throw defect('OUTPUT_INVALID', `${what} cannot be written as JSON: ${jsonProblem(thrown)}.`);
  }
  if (text === undefined) throw defect('OUTPUT_INVALID', `${what} is no JSON value.`);
  if (text.length > maxChars) throw tooLarge(what, maxChars);
  if (text.length > 2 * MAX_NESTING && isTooDeep(text))
    throw guestError(
      'OUTPUT_INVALID',
      `${what} is nested deeper than ${MAX_NESTING} levels.`,
      'Flatten the values in it.',
    );
  return text;
}

/** Engines explain a cycle over several lines; the first is enough. A message may lie or throw. */
function jsonProblem(thrown: unknown): string {
  try {
    return (
      String((thrown as { message?: unknown } | undefined)?.message ?? thrown)
        .split('\n')[0]
        ?.slice(0, 300) ?? ''
    );
  } catch {
    return 'it refuses to be read';
  }
}

const tooLarge = (what: string, maxChars: number): Error =>
  guestError(
    'OUTPUT_TOO_LARGE',
    `${what} is larger than ${Math.floor(maxChars / 1_048_576)} MB.`,
    'Send less: filter or page the data, or hand it on as a file.',
  );
