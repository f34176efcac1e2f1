import type { ErrorAction, ErrorOwner, ErrorRecord } from '@waybill/flow-model';
import { FlowError } from '@waybill/flow-model';

/** How much of any text a record keeps. */
const MAX_CHARS = 4_000;
const MAX_STACK_LINES = 12;

export const shortened = (text: string, maxChars = MAX_CHARS): string =>
  text.length > maxChars ? `${text.slice(0, maxChars)}…` : text;

const owners: readonly unknown[] = ['user', 'provider', 'engine'];
const actions: readonly unknown[] = ['retry', 'stop', 'pause'];

/** Reads a property that may be a getter or sit behind a proxy, both of which may throw. */
function read(thrown: unknown, name: string): unknown {
  try {
    return (thrown as Record<string, unknown> | null | undefined)?.[name];
  } catch {
    return undefined; // A value that refuses to be read has nothing to tell.
  }
}
const text = (value: unknown): string | undefined => (typeof value === 'string' ? shortened(value) : undefined);

/** The record of an expected error, made from plain reads only: `thrown` may lie about everything. */
function expectedError(thrown: unknown): ErrorRecord | undefined {
  const code = text(read(thrown, 'code'));
  const details = read(thrown, 'details');
  const owner = read(details, 'owner');
  const engine = read(details, 'engine');
  const what = text(read(details, 'what'));
  if (!code || !/^[A-Z][A-Z0-9_]{1,63}$/.test(code) || what === undefined) return undefined;
  if (!owners.includes(owner) || !actions.includes(engine)) return undefined;
  const retryAfterMs = read(details, 'retryAfterMs');
  return {
    code,
    what,
    fix: text(read(details, 'fix')) ?? '',
    owner: owner as ErrorOwner,
    engine: engine as ErrorAction,
    ...(typeof retryAfterMs === 'number' && Number.isFinite(retryAfterMs) ? { retryAfterMs } : {}),
  };
}

/** What was thrown, in words; never throws itself. */
export function messageOf(thrown: unknown): string {
  if (thrown === undefined || thrown === null) return `threw ${String(thrown)}`;
  const message = text(read(thrown, 'message'));
  if (message !== undefined) {
    const name = text(read(thrown, 'name'));
    return name && name !== 'Error' ? `${name}: ${message}` : message;
  }
  if (typeof thrown === 'object' || typeof thrown === 'function') return 'threw something that is not an error';
  return `threw ${shortened(String(thrown), 200)}`;
}

/** Frames of `thrown` that lie in `file`, the lines as the author counts them. */
export function stackIn(thrown: unknown, file: string): string | undefined {
  const stack = read(thrown, 'stack');
  if (typeof stack !== 'string') return undefined;
  const frames = stack.split('\n').filter((line) => line.includes(`${file}:`));
  return frames.length === 0 ? undefined : frames.slice(0, MAX_STACK_LINES).join('\n').trim();
}

const answered = new WeakMap<object, ErrorRecord>();

/** An error the host answered with; its record passes through unchanged, a user's own stack included. */
export function hostError(record: ErrorRecord): FlowError {
  const { code, where: _where, stack: _stack, detail: _detail, ...details } = record;
  const error = new FlowError(code, details);
  answered.set(error, record);
  return error;
}

/** Turns whatever was thrown into a record: ours as it is, anything else as a defect of the node. */
export function failureOf(thrown: unknown, where: string): ErrorRecord {
  const record = typeof thrown === 'object' && thrown !== null ? answered.get(thrown) : undefined;
  if (record) return record;
  const expected = expectedError(thrown);
  if (expected) return expected;
  const stack = text(read(thrown, 'stack'));
  return {
    code: 'NODE_FAILED',
    what: `${where} failed: ${messageOf(thrown)}`,
    fix: 'This is a defect of the node. Check its fields and input; if they are right, report it to its author.',
    owner: 'engine',
    engine: 'stop',
    ...(stack ? { stack: stack.split('\n').slice(0, MAX_STACK_LINES).join('\n') } : {}),
  };
}

/** An error the guest itself raises. */
export const guestError = (
  code: string,
  what: string,
  fix: string,
  owner: ErrorOwner = 'user',
  engine: ErrorAction = 'stop',
): FlowError => new FlowError(code, { what, fix, owner, engine });
