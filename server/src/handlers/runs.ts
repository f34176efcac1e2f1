import type { StepView } from '@waybill/api-contract';
import type { InboxMessage, RunReplay } from '@waybill/engine';
import type { RunSummary } from '@waybill/engine/ports';
import type { JsonValue, MaskedNames, RunId } from '@waybill/flow-model';
import { flowIdSchema, hiddenIn, masked } from '@waybill/flow-model';
import type { Actor } from '../auth/actor.ts';
import { newId } from '../auth/secrets.ts';
import type { Some } from '../http/handler.ts';
import { HttpProblem, notFound } from '../problem.ts';
import { checkEditedInput } from '../runs/edited-input.ts';
import { followedViews } from '../runs/followed-views.ts';
import { runFinder } from '../runs/run-finder.ts';
import { replayView, silence } from '../runs/run-life.ts';
import { maskedRecord, restored } from '../runs/run-masks.ts';
import { stepsAround, stepsToShow } from '../runs/shown-steps.ts';
import { cutForDisplay, loadValue } from '../runs/step-data.ts';
import type { Platform } from './platform.ts';

const relatedLimit = 20;
const shownEdits = 5;
/** A run that goes on faster than it is read is shown as it stood a moment ago. */
const maxReads = 5;

export function runHandlers(
  platform: Platform,
): Some<
  | 'listRuns'
  | 'countRuns'
  | 'flowLive'
  | 'getRun'
  | 'getIteration'
  | 'getStepData'
  | 'revealStepData'
  | 'getJournal'
  | 'pauseRun'
  | 'resumeRun'
  | 'cancelRun'
  | 'retryStep'
  | 'skipStep'
  | 'resolveInDoubt'
> {
  const { journal, blobs, directory, store, catalog, engine, audit, runFilter, masks, stepSources } = platform;
  const { summaryOf, viewOf } = runFinder(platform);
  const stepsOf = followedViews(journal, catalog);

  /** Hands a person's wish to the engine; the answer is given once it is durable. */
  async function act(id: string, actor: Actor, message: InboxMessage, details: Record<string, JsonValue | undefined>) {
    const { runId } = await summaryOf(id);
    const taken = await engine.deliver(runId, `${message.kind}:${newId('rq')}`, message);
    if (taken !== 'accepted' && taken !== 'duplicate')
      throw new HttpProblem('RUN_ACTION_REFUSED', {
        detail: `The run is not in a state in which "${message.kind}" changes anything.`,
        fix: 'Reload the run; it may have gone on meanwhile.',
      });
    await audit(actor, `run.${message.kind}`, `run:${runId}`, details);
    return viewOf(await summaryOf(runId));
  }

  /** Hidden values that came with the event: what follows may repeat them in words. */
  async function hiddenInTrigger(runId: RunId, names: MaskedNames): Promise<JsonValue[]> {
    if (names.size === 0) return [];
    const [first] = await journal.read(runId, 0, 1);
    const input = first?.record.type === 'run-accepted' ? first.record.start.input : null;
    return hiddenIn(await loadValue(blobs, input), names);
  }

  /** What a step was given and gave; whole, and nothing of it hidden. */
  async function stepData(id: string, step: string) {
    const summary = await summaryOf(id);
    const sources = await stepSources(summary.runId, step, shownEdits);
    if (!sources) throw notFound(`Step ${step} of run ${id}`);
    const [input, params, output] = await Promise.all(
      [sources.input, sources.params, sources.output].map((stored) => loadValue(blobs, stored)),
    );
    const names = await masks.ofRun(summary.runId);
    const log = sources.log.map(({ data, ...line }) => ({ ...line, ...(data === undefined ? {} : { data }) }));
    const { edits } = sources;
    const data = { input: input ?? null, params: params ?? null, output: output ?? null, log, edits };
    return { data, names, also: await hiddenInTrigger(summary.runId, names) };
  }

  type Shown = Awaited<ReturnType<typeof stepData>>['data'];
  function shownData(step: string, data: Shown, full: boolean) {
    const cut = (value: JsonValue) => (full ? { value, truncated: false } : cutForDisplay(value));
    const [input, params, output] = [cut(data.input), cut(data.params), cut(data.output)];
    const truncated = [input, params, output].some((one) => one.truncated);
    const edits = data.edits.map((edit) => ({
      ...edit,
      before: cutForDisplay(edit.before).value,
      after: cutForDisplay(edit.after).value,
    }));
    return { step, input: input.value, params: params.value, output: output.value, log: data.log, edits, truncated };
  }

  /**
   * The data a step is given instead of its own: as its editor meant it, and how both may be written down.
   * @throws {HttpProblem} EDIT_INVALID
   */
  async function editedInput(id: string, step: string, given: JsonValue | undefined) {
    if (given === undefined) return { edited: undefined, before: undefined, kept: undefined };
    const { versionId } = await summaryOf(id);
    const { data, names, also } = await stepData(id, step);
    const edited = restored(given, data.input, names, [...also, ...hiddenIn(data, names)]);
    const version = await store.flowVersions.get(versionId);
    if (version) checkEditedInput(version.flow, catalog, step, edited);
    return { edited, before: masked(cutForDisplay(data.input).value, names), kept: masked(edited, names) };
  }

  async function replayOf(runId: RunId): Promise<RunReplay | undefined> {
    const [first] = await journal.read(runId, 0, 1);
    return first?.record.type === 'run-accepted' ? first.record.start.replay : undefined;
  }

  async function relatedTo(run: RunSummary) {
    const filters = [
      // First: of many related runs the one to go on with must not be left out.
      { replayRoot: run.replayRoot ?? run.runId },
      { parentRunId: run.runId },
      ...(run.businessKey === null ? [] : [{ businessKey: run.businessKey }]),
      ...(run.correlationId === run.runId ? [] : [{ correlationId: run.correlationId }]),
    ];
    const pages = await Promise.all(filters.map((filter) => journal.list({ filter, limit: relatedLimit })));
    const named = [run.parentRunId, run.replayRoot].flatMap((runId) => runId ?? []);
    const known = (await Promise.all(named.map((runId) => journal.summary(runId)))).filter((one) => one !== null);
    const found = new Map<RunId, RunSummary>();
    for (const one of [...known, ...pages.flatMap((page) => page.runs)]) found.set(one.runId, one);
    found.delete(run.runId);
    return directory.views([...found.values()].slice(0, relatedLimit));
  }

  return {
    async listRuns({ query }) {
      const { cursor, limit } = query;
      const filter = await runFilter(query);
      const page = await journal.list({ filter, limit, ...(cursor === undefined ? {} : { cursor }) });
      return { items: await directory.views(page.runs), nextCursor: page.nextCursor };
    },
    countRuns: async ({ query }) => journal.counts(await runFilter(query)),

    async flowLive({ params }) {
      const flowId = flowIdSchema.safeParse(params.flowId);
      if (!flowId.success || !(await store.flows.header(flowId.data))) throw notFound(`Flow ${params.flowId}`);
      return platform.flowLive(flowId.data);
    },

    async getRun({ params }) {
      const before = await summaryOf(params.runId);
      const version = await store.flowVersions.get(before.versionId);
      if (!version) throw notFound(`The flow version of run ${params.runId}`);
      const replay = await replayOf(before.runId);
      // Until both stand at the same record: a status must never be newer than the steps beside it.
      let summary = before;
      let shown = { seq: 0, steps: [] as StepView[], leftOut: 0 };
      for (let reads = 0; reads === 0 || (summary.seq > shown.seq && reads < maxReads); reads += 1) {
        const view = await stepsOf(before.runId, version.flow);
        const steps = stepsToShow(view);
        shown = { seq: view.seq, steps, leftOut: view.steps.size - steps.length };
        summary = await summaryOf(params.runId);
      }
      return {
        run: { ...(await viewOf(summary)), seq: shown.seq },
        flow: version.flow,
        steps: shown.steps,
        leftOut: shown.leftOut,
        related: await relatedTo(summary),
        ...silence(summary, engine.heartbeats([summary.runId])[0], platform.now()),
        ...(replay ? { replay: replayView(replay) } : {}),
      };
    },

    async getIteration({ params }) {
      const run = await summaryOf(params.runId);
      const version = await store.flowVersions.get(run.versionId);
      if (!version) throw notFound(`The flow version of run ${params.runId}`);
      return { steps: stepsAround(await stepsOf(run.runId, version.flow), params.step) };
    },

    async getStepData({ params, query }) {
      const { data, names, also } = await stepData(params.runId, params.step);
      const shown = masked(data, names, also) as unknown as Shown;
      const hidden = hiddenIn(data, names).length;
      return { ...shownData(params.step, shown, query.full === true), hidden };
    },

    async revealStepData({ params, body, actor }) {
      const { data, names } = await stepData(params.runId, params.step);
      await audit(actor, 'run.data-revealed', `run:${params.runId}`, {
        step: params.step,
        reason: body.reason,
        values: hiddenIn(data, names).length,
      });
      return { ...shownData(params.step, data, true), hidden: 0 };
    },

    async getJournal({ params, query }) {
      const { runId } = await summaryOf(params.runId);
      const [records, names] = await Promise.all([journal.read(runId, query.after, query.limit), masks.ofRun(runId)]);
      const also = await hiddenInTrigger(runId, names);
      return { records: records.map(({ seq, record }) => ({ seq, record: maskedRecord(record, names, also) })) };
    },

    pauseRun: ({ params, body, actor }) =>
      act(
        params.runId,
        actor,
        { kind: 'pause', by: actor.name, ...(body.reason === undefined ? {} : { reason: body.reason }) },
        { reason: body.reason },
      ),
    resumeRun: ({ params, actor }) => act(params.runId, actor, { kind: 'resume', by: actor.name }, {}),
    cancelRun: ({ params, body, actor }) =>
      act(
        params.runId,
        actor,
        { kind: 'cancel', by: actor.name, reason: body.reason, ...(body.undo ? { undo: true } : {}) },
        { reason: body.reason, undo: body.undo },
      ),
    async retryStep({ params, body, actor }) {
      const { step } = params;
      const { reason, anew } = body;
      const { edited, before, kept } = await editedInput(params.runId, step, body.edited);
      const message: InboxMessage = {
        kind: 'retry-step',
        step,
        by: actor.name,
        ...(reason === undefined ? {} : { reason }),
        ...(edited === undefined ? {} : { edited }),
        ...(anew ? { anew } : {}),
      };
      return act(params.runId, actor, message, { step, reason, before, edited: kept, anew });
    },
    async skipStep({ params, body, actor }) {
      const { step } = params;
      const { reason, value } = body;
      const given = value === undefined ? {} : { value };
      const kept = value === undefined ? undefined : masked(value, await masks.ofRun(params.runId));
      const message: InboxMessage = { kind: 'skip-step', step, by: actor.name, reason, ...given };
      return act(params.runId, actor, message, { step, reason, value: kept });
    },
    resolveInDoubt: ({ params, body, actor }) =>
      act(
        params.runId,
        actor,
        {
          kind: 'in-doubt-resolved',
          step: params.step,
          decision: body.decision,
          by: actor.name,
          reason: body.reason,
          ...(body.value === undefined ? {} : { value: body.value }),
        },
        { step: params.step, decision: body.decision, reason: body.reason },
      ),
  };
}
