/** What a wish about an exception is to its run: the message, and what is written down of it. */
import type { ExceptionAct } from '@waybill/api-contract';
import type { InboxMessage } from '@waybill/engine';
import type { JsonObject, JsonValue } from '@waybill/flow-model';
import { maskedText } from '@waybill/flow-model';
import type { TaskRecord } from '@waybill/store';
import type { Actor } from '../auth/actor.ts';
import { HttpProblem } from '../problem.ts';
import { failureOf } from './exception-rules.ts';
import type { FixData } from './fix-data.ts';
import { editFaults } from './fix-faults.ts';
import { editedParams } from './fix-form.ts';

/** What a run does about its failed step. */
export type StepAct = Extract<ExceptionAct, { act: 'fix' | 'retry' | 'skip' | 'cancel-run' }>;

export type ActMessage = 'retry-step' | 'skip-step' | 'cancel' | 'resume';
export const messageWords: Record<ActMessage, string> = {
  'retry-step': 'had this tried again',
  'skip-step': 'had the run go on without this',
  cancel: 'cancelled the run',
  resume: 'resumed the run',
};
const messageKinds: Record<StepAct['act'], ActMessage> = {
  fix: 'retry-step',
  retry: 'retry-step',
  skip: 'skip-step',
  'cancel-run': 'cancel',
};
/** A quarantined run is resumed, not tried again at a step. */
export const messageKindOf = (task: TaskRecord, act: StepAct): ActMessage =>
  act.act === 'retry' && failureOf(task)?.kind === 'quarantined' ? 'resume' : messageKinds[act.act];
/** One act per failure, whoever comes first. */
export const messageKey = (task: TaskRecord, seq: number): string => `exception:${task.id}:${seq}`;
export const isActMessage = (kind: string): kind is ActMessage => Object.hasOwn(messageWords, kind);

export interface ActWords {
  message: InboxMessage;
  /** For the audit log. */
  details: JsonObject;
  /** For the history, where the reason does not say it all. */
  text: string | null;
}

/** @throws {HttpProblem} EXCEPTION_ACT_REFUSED, EXCEPTION_FORM_INVALID */
export async function messageFor(fixData: FixData, task: TaskRecord, act: StepAct, actor: Actor): Promise<ActWords> {
  const by = actor.name;
  const { step } = task;
  switch (act.act) {
    case 'cancel-run':
      return { message: { kind: 'cancel', by, reason: act.reason }, details: {}, text: null };
    case 'skip': {
      const given = act.value === undefined ? {} : { value: act.value };
      return { message: { kind: 'skip-step', step, by, reason: act.reason, ...given }, details: given, text: null };
    }
    case 'retry': {
      if (failureOf(task)?.kind === 'quarantined') return { message: { kind: 'resume', by }, details: {}, text: null };
      const why = act.reason === undefined ? {} : { reason: act.reason };
      return { message: { kind: 'retry-step', step, by, ...why }, details: {}, text: null };
    }
    case 'fix':
      return correction(fixData, task, act, actor);
    default:
      return act satisfies never;
  }
}

async function correction(
  fixData: FixData,
  task: TaskRecord,
  act: Extract<ExceptionAct, { act: 'fix' }>,
  actor: Actor,
): Promise<ActWords> {
  const data = await fixData(task, actor);
  if (!data)
    throw new HttpProblem('EXCEPTION_ACT_REFUSED', {
      detail: 'The fields of this step cannot be corrected here.',
      fix: 'Correct the record where it comes from, then have the step tried again.',
    });
  const problems = editFaults(data.sources.manifest, data.fields, act.edits);
  if (problems.length > 0)
    throw new HttpProblem('EXCEPTION_FORM_INVALID', {
      detail: `The correction has ${problems.length} problem(s); nothing was sent and nothing is lost.`,
      fix: 'Correct what is listed under "problems".',
      problems,
    });
  const edits = act.edits.map(({ path, value }) => {
    const field = data.fields.find((one) => one.path === path);
    const hidden = field?.masked === true;
    const before = hidden ? maskedText : (field?.value ?? null);
    return { path, label: field?.label ?? path, before, after: hidden ? maskedText : value };
  });
  const shown = (value: JsonValue) =>
    value === null || value === '' ? 'empty' : `“${typeof value === 'object' ? JSON.stringify(value) : String(value)}”`;
  const text = edits.map(({ label, before, after }) => `${label}: ${shown(before)} → ${shown(after)}`).join('\n');
  const why = act.reason === undefined ? {} : { reason: act.reason };
  return {
    message: {
      kind: 'retry-step' as const,
      step: task.step,
      by: actor.name,
      ...why,
      editedParams: editedParams(data.sources, act.edits),
    },
    details: { edits },
    text,
  };
}
