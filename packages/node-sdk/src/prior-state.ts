/**
 * What a write remembers of the record it changes, so that it can be taken back, and whether that may still be done.
 * The decisions are pure: reading and writing are the node's.
 */
import type { JsonObject, JsonValue } from '@waybill/flow-model';
import { assertNever } from '@waybill/flow-model';
import * as z from 'zod';
import { nodeError } from './errors.ts';
import { param } from './param.ts';

const fieldValues = z.record(z.string(), z.json()) as z.ZodType<JsonObject>;

/** Goes into what the step gives, because the journal keeps that: `fields` are those the step was about to set. */
export const priorStateSchema = z.discriminatedUnion('was', [
  z.object({ was: z.literal('absent') }),
  z.object({ was: z.literal('there'), fields: fieldValues }),
  z.object({ was: z.literal('unknown'), why: z.enum(['not-kept', 'repeated', 'unreadable']) }),
]);
export type PriorState = z.infer<typeof priorStateSchema>;

/** The field by which an author saves the extra call. */
export const keepPriorParam = {
  keepBefore: param.boolean({
    label: 'Can be taken back',
    help: 'Reads the fields before it sets them and remembers them; costs one more call.',
    default: true,
    expression: false,
  }),
};

export const notKept: PriorState = { was: 'unknown', why: 'not-kept' };
export const unreadable: PriorState = { was: 'unknown', why: 'unreadable' };

/**
 * @param found the record as it is now, in the form it is written in; null: there is none.
 * @param attempt an earlier one may have got through: a record that has all the values already tells nothing then.
 */
export function priorState(found: JsonObject | null, wanted: JsonObject, attempt: number): PriorState {
  if (found === null) return { was: 'absent' };
  if (attempt > 1 && differing(wanted, found).length === 0) return { was: 'unknown', why: 'repeated' };
  const fields = Object.fromEntries(Object.keys(wanted).map((name) => [name, found[name] ?? null]));
  return { was: 'there', fields };
}

export type Restoration = { do: 'nothing' } | { do: 'delete' } | { do: 'restore'; fields: JsonObject };

/**
 * How a write is taken back. What is gone, or is as it was, counts as taken back.
 * @param written the fields the step set.
 * @param current the record now, in the same form; null: it is gone.
 * @throws {FlowError} UNDO_BEFORE_UNKNOWN; UNDO_CHANGED_SINCE if somebody else has set one of the fields.
 */
export function restorationOf(prior: PriorState, written: JsonObject, current: JsonObject | null): Restoration {
  if (current === null) return { do: 'nothing' };
  if (prior.was === 'unknown') throw beforeUnknown(prior.why);
  const left = prior.was === 'there' ? differing(prior.fields, current) : null;
  if (left?.length === 0) return { do: 'nothing' };
  const changed = differing(written, current);
  if (changed.length > 0) throw changedSince(changed);
  if (prior.was === 'absent') return { do: 'delete' };
  return { do: 'restore', fields: Object.fromEntries((left ?? []).map((name) => [name, prior.fields[name] ?? null])) };
}

/** Does what was found to be due, by the calls of one system. */
export async function carryOut(
  restoration: Restoration,
  system: {
    remove(): Promise<unknown>;
    set(fields: JsonObject): Promise<unknown>;
    log(level: 'info', message: string): void;
  },
): Promise<void> {
  switch (restoration.do) {
    case 'nothing':
      system.log('info', 'The record is gone, or as it was before: nothing had to be done.');
      return;
    case 'delete':
      await system.remove();
      return;
    case 'restore':
      await system.set(restoration.fields);
      return;
    default:
      assertNever(restoration);
  }
}

const whyUnknown = {
  'not-kept': 'The step did not keep what was there before.',
  repeated: 'An earlier attempt may have got through, so nobody knows what was there before it.',
  unreadable: 'The step set a field that cannot be read back, so nobody knows what was there before.',
};

const beforeUnknown = (why: Extract<PriorState, { was: 'unknown' }>['why']) =>
  nodeError('UNDO_BEFORE_UNKNOWN', {
    what: whyUnknown[why],
    fix: 'Correct the record in the other system, then say that it was done by hand.',
    owner: 'user',
    engine: 'stop',
    effect: 'none',
  });

const changedSince = (fields: readonly string[]) =>
  nodeError('UNDO_CHANGED_SINCE', {
    what: `The record was changed since by somebody else: ${fields.join(', ')}.`,
    fix: 'Look at the record in the other system: correct it by hand, or let it stay.',
    owner: 'user',
    engine: 'stop',
    effect: 'none',
  });

/** Names of wanted fields that the record does not have this way. */
function differing(wanted: JsonObject, found: JsonObject): string[] {
  return Object.entries(wanted).flatMap(([name, value]) => (holds(value, found[name]) ? [] : [name]));
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isEmpty = (value: JsonValue | undefined): boolean => value === undefined || value === null || value === '';
const startsLikeAMoment = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/** Systems add to what they are given and write numbers and moments their own way; they may not contradict it. */
function holds(wanted: JsonValue | undefined, found: JsonValue | undefined): boolean {
  if (isEmpty(wanted) || isEmpty(found)) return isEmpty(wanted) && isEmpty(found);
  if (Array.isArray(wanted))
    return (
      Array.isArray(found) && wanted.length === found.length && wanted.every((item, index) => holds(item, found[index]))
    );
  if (isObject(wanted))
    return isObject(found) && Object.entries(wanted).every(([name, value]) => holds(value, found[name]));
  const [a, b] = [String(wanted), String(found)];
  if (a === b) return true;
  if (startsLikeAMoment.test(a) && startsLikeAMoment.test(b)) return Date.parse(a) === Date.parse(b);
  return a.trim() !== '' && b.trim() !== '' && Number(a) === Number(b);
}
