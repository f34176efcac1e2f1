import type { ExceptionAct } from '@waybill/api-contract';
import type { Engine } from '@waybill/engine';
import type { Journal, RunSummary } from '@waybill/engine/ports';
import type { JsonObject, JsonValue, RunId } from '@waybill/flow-model';
import { runIdSchema } from '@waybill/flow-model';
import type { Repositories, TaskRecord } from '@waybill/store';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Actor } from '../auth/actor.ts';
import { newId } from '../auth/secrets.ts';
import type { Now } from '../clock.ts';
import { HttpProblem, notFound } from '../problem.ts';
import { journalRecords } from '../runs/read-run.ts';
import { isFinal } from '../runs/run-filter.ts';
import { hiddenFacts } from '../tasks/masked-facts.ts';
import type { TaskService } from '../tasks/task-service.ts';
import type { ActMessage, StepAct } from './act-message.ts';
import { isActMessage, messageFor, messageKey, messageKindOf, messageWords } from './act-message.ts';
import { actUnknown, failureOf, maySee, possibleActs, refuseIfClosed, seqOf, whyNoAct } from './exception-rules.ts';
import type { FixData } from './fix-data.ts';
import { editFaults } from './fix-faults.ts';
import { newestRepeat } from './repeated-runs.ts';

/** Acts of one kind on one exception that are looked through. */
const auditsOfOne = 50;

type Deliver = Engine['deliver'];
/** A wish that may come twice, with the id of the line it leaves in the history. */
export interface MarkedWish {
  id: string;
  seq: number;
  act: ExceptionAct;
  mark: string;
}

export type ExceptionActs = ReturnType<typeof exceptionActs>;

/** Doing something about an exception: told to the run under a key of the failure, so that it happens once. */
export function exceptionActs(options: {
  store: Pick<Repositories, 'tasks' | 'audit'>;
  journal: Pick<Journal, 'summary' | 'read' | 'list'>;
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

  const repeatOf = async (run: RunSummary | null) => run && newestRepeat({ journal }, run);

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
    mark: string | null,
  ): Promise<void> {
    await auditOnce(task, act, actor, mark, { step: task.step, ...details });
    await record(task, act, actor, false, text, mark ?? newId('tn'));
  }

  /** A stop may come between what is audited and what is written down, in either order: a repeat audits nothing twice. */
  async function auditOnce(
    task: TaskRecord,
    act: Exclude<ExceptionAct, { act: 'decide' }>,
    actor: Actor,
    mark: string | null,
    details: JsonObject,
  ): Promise<void> {
    const [action, subject] = [`exception.${act.act}` as const, `exception:${task.id}`];
    const before = mark === null ? [] : (await store.audit.list({ subject, action, limit: auditsOfOne })).items;
    if (before.some((entry) => entry.details['mark'] === mark)) return;
    await audit(actor, action, subject, { run: task.runId, reason: act.reason, ...details, mark: mark ?? undefined });
  }

  async function toRun(task: TaskRecord, act: StepAct, actor: Actor, mark: string | null): Promise<void> {
    const { message, details, text } = await messageFor(fixData, task, act, actor);
    const key = messageKey(task, seqOf(task));
    const taken = await deliver(task.runId as RunId, key, message);
    switch (taken) {
      case 'accepted':
        await writeDown(task, act, actor, details, text, mark);
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
    await auditOnce(task, act, actor, mark, { runCancelled: act.cancelRun });
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
    if (seq !== seqOf(task))
      throw new HttpProblem('EXCEPTION_CHANGED', {
        detail: 'The step was tried again meanwhile and failed once more.',
        fix: 'Look at what it says now, then decide again.',
      });
    if (wanted.act === 'resolved-outside') await resolvedOutside(task, wanted, actor, mark);
    else {
      // A run that repeats it is named by the engine's own refusal.
      if (!possibleActs(task, run, true, null).includes(wanted.act) && run) throw actUnknown();
      await toRun(task, wanted, actor, mark);
    }
    await look(task.runId);
    return (await store.tasks.get(id)) ?? task;
  }

  return {
    visible,
    runOf,
    repeatOf,
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
      const repeat = await repeatOf(run);
      const why = whyNoAct(task, run, actor, repeat);
      if (why !== null) return why;
      if (!possibleActs(task, run, true, repeat).includes(wanted.act))
        return 'This cannot be done in the state the run is in.';
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
      if (task.notes.some((note) => note.id === mark)) {
        if (wanted.act === 'resolved-outside')
          await auditOnce(task, wanted, actor, mark, { runCancelled: wanted.cancelRun });
        return true;
      }
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
