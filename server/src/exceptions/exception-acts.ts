import type { ExceptionAct, ExceptionActName } from '@waybill/api-contract';
import type { Engine, InboxMessage } from '@waybill/engine';
import type { Journal, RunSummary } from '@waybill/engine/ports';
import type { JsonObject, JsonValue, RunId } from '@waybill/flow-model';
import { maskedText, runIdSchema } from '@waybill/flow-model';
import type { ExceptionFailure, Repositories, TaskRecord } from '@waybill/store';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Actor } from '../auth/actor.ts';
import { newId } from '../auth/secrets.ts';
import type { Now } from '../clock.ts';
import { HttpProblem, notFound } from '../problem.ts';
import { journalRecords } from '../runs/read-run.ts';
import { isFinal } from '../runs/run-filter.ts';
import { hiddenFacts } from '../tasks/masked-facts.ts';
import { roundOf } from '../tasks/task-rounds.ts';
import type { TaskService } from '../tasks/task-service.ts';
import { groupsOfActor, seesAll, usersOfActor } from './exception-filter.ts';
import type { FixData } from './fix-data.ts';
import { editFaults } from './fix-faults.ts';
import { editedParams } from './fix-form.ts';

type Deliver = Engine['deliver'];
/** What a run does about its failed step. */
type StepAct = Extract<ExceptionAct, { act: 'fix' | 'retry' | 'skip' | 'cancel-run' }>;

/** A wish that may come twice, with the id of the line it leaves in the history. */
export interface MarkedWish {
  id: string;
  seq: number;
  act: ExceptionAct;
  mark: string;
}

type ActMessage = 'retry-step' | 'skip-step' | 'cancel' | 'resume';
const messageWords: Record<ActMessage, string> = {
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
const messageKindOf = (task: TaskRecord, act: StepAct): ActMessage =>
  act.act === 'retry' && failureOf(task)?.kind === 'quarantined' ? 'resume' : messageKinds[act.act];
/** One act per failure, whoever comes first. */
const messageKey = (task: TaskRecord, seq: number): string => `exception:${task.id}:${seq}`;
const isActMessage = (kind: string): kind is ActMessage => Object.hasOwn(messageWords, kind);

export const failureOf = (task: TaskRecord): ExceptionFailure | null => task.content.exception?.failure ?? null;

/** Which failure an exception is about: of what a run raised itself, how often it came back. */
export const seqOf = (task: TaskRecord): number => failureOf(task)?.seq ?? roundOf(task);

const isAddressed = (task: TaskRecord, actor: Actor): boolean =>
  task.users.some((name) => usersOfActor(actor).includes(name)) ||
  task.groups.some((group) => groupsOfActor(actor).includes(group)) ||
  task.claimedBy === actor.id;

export const maySee = (task: TaskRecord, actor: Actor): boolean =>
  task.exceptionClass !== null &&
  (seesAll(actor) || isAddressed(task, actor) || task.decisions.some((one) => one.by === actor.id));

/** Why this person can do nothing about it now; null if they can. Pure. */
export function whyNoAct(task: TaskRecord, run: RunSummary | null, actor: Actor): string | null {
  if (task.status !== 'open') return lastWords(task) ?? 'It is closed.';
  if (!actor.permissions.has('tasks.decide')) return 'Your roles do not allow acting on exceptions.';
  if (!isAddressed(task, actor) && !(seesAll(actor) && actor.permissions.has('runs.act')))
    return 'It is addressed to other people.';
  if (task.claimedBy !== null && task.claimedBy !== actor.id) return 'Somebody else has claimed it.';
  if (task.origin === 'run' || !run) return null;
  return ['running', 'waiting', 'queued'].includes(run.status) ? 'It is being tried again.' : null;
}

function lastWords(task: TaskRecord): string | null {
  const last = task.notes.at(-1);
  return last ? `${last.byName}: ${last.text ?? last.kind}` : null;
}

/** What can be done in the state the run is in. Pure; the engine has the last word. */
export function possibleActs(task: TaskRecord, run: RunSummary | null, hasFields: boolean): ExceptionActName[] {
  const failure = failureOf(task);
  if (!failure) return ['decide'];
  if (!run) return ['resolved-outside'];
  const open = isFinal(run.status) ? [] : (['cancel-run'] as const);
  if (failure.kind === 'quarantined') return ['retry', ...open, 'resolved-outside'];
  if (task.step === '') return [...open, 'resolved-outside'];
  return [...(hasFields ? (['fix'] as const) : []), 'retry', 'skip', ...open, 'resolved-outside'];
}

export type ExceptionActs = ReturnType<typeof exceptionActs>;

/** Doing something about an exception: told to the run under a key of the failure, so that it happens once. */
export function exceptionActs(options: {
  store: Pick<Repositories, 'tasks'>;
  journal: Pick<Journal, 'summary' | 'read'>;
  tasks: Pick<TaskService, 'decide'>;
  fixData: FixData;
  deliver: Deliver;
  /** Brings the exceptions of a run up to date. */
  look(runId: string): Promise<void>;
  audit: AuditLog;
  now: Now;
  onChanged(task: TaskRecord): void;
}) {
  const { store, journal, tasks, fixData, deliver, look, audit, now, onChanged } = options;

  async function visible(id: string, actor: Actor): Promise<TaskRecord> {
    const task = await store.tasks.get(id);
    if (!task || !maySee(task, actor)) throw notFound(`Exception ${id}`);
    return task;
  }
  const runOf = async (task: TaskRecord): Promise<RunSummary | null> => {
    const runId = runIdSchema.safeParse(task.runId);
    return runId.success ? journal.summary(runId.data) : null;
  };

  function refuseIfClosed(task: TaskRecord): void {
    if (task.status === 'open') return;
    throw new HttpProblem('EXCEPTION_CLOSED', {
      detail: `It is closed already. ${lastWords(task) ?? ''}`.trim(),
      fix: 'Look at it again; nothing was done.',
    });
  }

  async function record(
    task: TaskRecord,
    act: ExceptionAct,
    actor: Actor,
    close: boolean,
    text: string | null,
    noteId: string,
  ) {
    const at = now();
    const reason = 'reason' in act ? (act.reason ?? null) : null;
    const decision = { by: actor.id, byName: actor.name, outcome: act.act, comment: reason, form: {}, at };
    const note = { id: noteId, at, by: actor.id, byName: actor.name, kind: act.act, text: text ?? reason };
    const changed = await store.tasks.amend(task.id, (newest) =>
      (close && newest.status !== 'open') || newest.notes.some((one) => one.id === noteId)
        ? null
        : {
            notes: [...newest.notes, note],
            decisions: [...newest.decisions, decision],
            ...(close ? { status: 'decided', closedAt: at, nextActAt: null } : {}),
          },
    );
    if (changed) onChanged(changed);
    else if (close) refuseIfClosed((await store.tasks.get(task.id)) ?? task);
  }

  async function writeDown(
    task: TaskRecord,
    act: StepAct,
    actor: Actor,
    details: JsonObject,
    text: string | null,
    noteId: string,
  ): Promise<void> {
    await audit(actor, `exception.${act.act}`, `exception:${task.id}`, {
      run: task.runId,
      step: task.step,
      reason: act.reason,
      ...details,
    });
    await record(task, act, actor, false, text, noteId);
  }

  async function messageFor(
    task: TaskRecord,
    act: StepAct,
    actor: Actor,
  ): Promise<{ message: InboxMessage; details: JsonObject; text: string | null }> {
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
        if (failureOf(task)?.kind === 'quarantined')
          return { message: { kind: 'resume', by }, details: {}, text: null };
        const why = act.reason === undefined ? {} : { reason: act.reason };
        return { message: { kind: 'retry-step', step, by, ...why }, details: {}, text: null };
      }
      case 'fix':
        return correction(task, act, actor);
      default:
        return act satisfies never;
    }
  }

  async function correction(task: TaskRecord, act: Extract<ExceptionAct, { act: 'fix' }>, actor: Actor) {
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
      value === null || value === ''
        ? 'empty'
        : `“${typeof value === 'object' ? JSON.stringify(value) : String(value)}”`;
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

  async function toRun(task: TaskRecord, act: StepAct, actor: Actor, mark: string | null): Promise<void> {
    const { message, details, text } = await messageFor(task, act, actor);
    const key = messageKey(task, failureOf(task)?.seq ?? 0);
    const taken = await deliver(task.runId as RunId, key, message);
    switch (taken) {
      case 'accepted':
        await writeDown(task, act, actor, details, text, mark ?? newId('tn'));
        return;
      case 'duplicate':
        await refuseSecond(task, key, act, actor);
        if (mark !== null && !task.notes.some((note) => note.id === mark))
          await writeDown(task, act, actor, details, text, mark);
        return;
      case 'ignored':
      case 'unknown-run':
        await look(task.runId);
        refuseIfClosed((await store.tasks.get(task.id)) ?? task);
        throw new HttpProblem('EXCEPTION_ACT_REFUSED', {
          detail: 'The run has gone on or ended meanwhile, so this changes nothing any more.',
          fix: 'Look at the problem again; if the run is over, close it as resolved elsewhere.',
        });
      default:
        taken satisfies never;
    }
  }

  /** Somebody acted on this very failure before; the same wish of the same person is no conflict. */
  async function refuseSecond(task: TaskRecord, key: string, act: StepAct, actor: Actor): Promise<void> {
    const first = await firstMessage(task.runId as RunId, key);
    if (first && first.by === actor.name && first.kind === messageKindOf(task, act)) return;
    throw new HttpProblem('EXCEPTION_TAKEN', {
      detail: first ? `${first.by} has just ${messageWords[first.kind]}.` : 'Somebody else was quicker.',
      fix: 'Look at the problem again; what you entered was not used.',
    });
  }

  /** Who was first, by the run's own journal: it knows before anybody else does. */
  async function firstMessage(runId: RunId, key: string): Promise<{ by: string; kind: ActMessage } | null> {
    for await (const { record } of journalRecords(journal, runId)) {
      if (record.type !== 'inbox' || record.key !== key) continue;
      const { message } = record;
      if ('by' in message && isActMessage(message.kind)) return { by: message.by, kind: message.kind };
    }
    return null;
  }

  async function resolvedOutside(
    task: TaskRecord,
    act: Extract<ExceptionAct, { act: 'resolved-outside' }>,
    actor: Actor,
    mark: string | null,
  ): Promise<void> {
    const run = await runOf(task);
    if (act.cancelRun && run && !isFinal(run.status))
      await toRun(task, { act: 'cancel-run', reason: act.reason }, actor, null);
    await record(task, act, actor, true, null, mark ?? newId('tn'));
    await audit(actor, 'exception.resolved-outside', `exception:${task.id}`, {
      run: task.runId,
      reason: act.reason,
      runCancelled: act.cancelRun,
    });
  }

  /**
   * @param seq the failure the person looked at.
   * @param mark id of the line it leaves in the history, so that it can be told later whether it was done.
   * @throws {HttpProblem} EXCEPTION_CLOSED, EXCEPTION_TAKEN, EXCEPTION_CHANGED, EXCEPTION_ACT_REFUSED, EXCEPTION_FORM_INVALID
   */
  async function act(
    id: string,
    seq: number,
    wanted: ExceptionAct,
    actor: Actor,
    mark: string | null = null,
  ): Promise<TaskRecord> {
    const task = await visible(id, actor);
    refuseIfClosed(task);
    const failure = failureOf(task);
    if (wanted.act === 'decide' || !failure) {
      if (wanted.act !== 'decide' || failure) throw actUnknown();
      const { outcome, comment, form } = wanted;
      await tasks.decide(id, { outcome, comment, form, round: seq }, actor);
      return visible(id, actor);
    }
    const run = await runOf(task);
    // Who repeats a wish, or comes second, is told so by the run's own key below.
    const why = whyNoAct(task, run && { ...run, status: 'failed' }, actor);
    if (why !== null) throw new HttpProblem('TASK_DECISION_REFUSED', { detail: why, fix: 'Leave it to its owner.' });
    if (seq !== failure.seq)
      throw new HttpProblem('EXCEPTION_CHANGED', {
        detail: 'The step was tried again meanwhile and failed once more.',
        fix: 'Look at what it says now, then decide again.',
      });
    if (wanted.act === 'resolved-outside') await resolvedOutside(task, wanted, actor, mark);
    else {
      if (!possibleActs(task, run, true).includes(wanted.act) && run) throw actUnknown();
      await toRun(task, wanted, actor, mark);
    }
    await look(task.runId);
    return (await store.tasks.get(id)) ?? task;
  }

  return {
    visible,
    runOf,
    act,

    /** What is hidden of it, in the clear, for somebody who may see it. */
    async reveal(id: string, reason: string, actor: Actor) {
      const task = await visible(id, actor);
      const data = await fixData(task, actor);
      const hidden = (data?.fields ?? []).filter((field) => field.masked);
      const facts = hiddenFacts(task.content);
      await audit(actor, 'exception.revealed', `exception:${id}`, {
        run: task.runId,
        reason,
        facts: [...facts, ...hidden].map(({ label }) => label),
      });
      const note = { id: newId('tn'), at: now(), by: actor.id, byName: actor.name, kind: 'revealed', text: reason };
      const changed = await store.tasks.note(id, note);
      if (changed) onChanged(changed);
      return { facts, fields: hidden.map(({ path }) => ({ path, value: valueAt(data?.sources.params ?? {}, path) })) };
    },

    /** Why this act would be refused if it were wished now; null if it would not. Changes nothing. */
    async refusalOf(task: TaskRecord, wanted: ExceptionAct, actor: Actor): Promise<string | null> {
      const run = await runOf(task);
      const why = whyNoAct(task, run, actor);
      if (why !== null) return why;
      if (!possibleActs(task, run, true).includes(wanted.act)) return 'This cannot be done in the state the run is in.';
      if (wanted.act !== 'fix') return null;
      const data = await fixData(task, actor);
      if (!data) return 'The fields of this step cannot be corrected here.';
      return editFaults(data.sources.manifest, data.fields, wanted.edits)[0]?.what ?? null;
    },

    /**
     * Whether this wish was fulfilled before, though whoever wished it may not have heard. Completes what a stop of the
     * server kept from being written down.
     */
    async hasTaken({ id, seq, act: wanted, mark }: MarkedWish, actor: Actor): Promise<boolean> {
      const task = await store.tasks.get(id);
      if (!task) return false;
      if (task.notes.some((note) => note.id === mark)) return true;
      if (wanted.act === 'decide')
        return task.decisions.some((one) => one.by === actor.id && one.outcome === wanted.outcome);
      if (wanted.act === 'resolved-outside') return false;
      const first = await firstMessage(task.runId as RunId, messageKey(task, seq));
      if (!first || first.by !== actor.name || first.kind !== messageKindOf(task, wanted)) return false;
      await writeDown(task, wanted, actor, {}, null, mark);
      return true;
    },
  };
}

/** What stands at a path of the fields. */
function valueAt(params: JsonObject, path: string): JsonValue {
  let value: JsonValue | undefined = params;
  for (const name of path.split('.'))
    value = typeof value === 'object' && value !== null && !Array.isArray(value) ? value[name] : undefined;
  return value ?? null;
}

const actUnknown = () =>
  new HttpProblem('EXCEPTION_ACT_REFUSED', {
    detail: 'This cannot be done in the state the run is in.',
    fix: 'Look at the problem again and choose one of the ways it offers.',
  });
