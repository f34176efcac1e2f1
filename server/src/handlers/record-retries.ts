import type { RecordRetryPreview } from '@waybill/api-contract';
import type { InboxMessage, RetriedBatch } from '@waybill/engine';
import type { JsonValue, MaskedNames } from '@waybill/flow-model';
import { hiddenIn, masked, runIdSchema } from '@waybill/flow-model';
import { outcomesFrom, putBatch } from '@waybill/records/streams';
import { newId } from '../auth/secrets.ts';
import type { Some } from '../http/handler.ts';
import { HttpProblem, notFound } from '../problem.ts';
import { effectDirectory } from '../runs/effect-directory.ts';
import type { RecordStand, RecordStands } from '../runs/record-stands.ts';
import type { RefusedRecord } from '../runs/retried-batches.ts';
import { batchesAgain } from '../runs/retried-batches.ts';
import { restored } from '../runs/run-masks.ts';
import type { Platform } from './platform.ts';

/** Sent at once; where more were refused, the others are left for the next time. */
const MOST_RECORDS = 20_000;
/** Named in the audit log. */
const AUDITED_KEYS = 20;

interface Place {
  batch: number;
  place: number;
}

/** Sending records again that their system refused. */
export function recordRetryHandlers(
  { engine, journal, blobs, store, directory, masks, audit, config }: Platform,
  stands: RecordStands,
): Some<'previewRecordRetry' | 'retryRecords'> {
  const names = effectDirectory({ store, directory, environment: config.environment });

  async function refusedOf(stand: RecordStand, only: Place | null): Promise<RefusedRecord[]> {
    const last = (stand.source.batches?.parts.length ?? 0) - 1;
    const from = { in: 'batches' as const, batch: only ? only.batch - 1 : last, skip: 0 };
    const found: RefusedRecord[] = [];
    for await (const { outcome, next } of outcomesFrom(blobs, stand.source, from, (state) => state === 'rejected')) {
      if (outcome?.batch != null && outcome.place !== null && (!only || outcome.place === only.place)) {
        const { row, key, place, sentBefore, what, source } = outcome;
        const value = JSON.parse(source ?? 'null') as JsonValue;
        found.push({ row, key, batch: outcome.batch - 1, place, sentBefore, what, value });
      }
      // The records of one batch only.
      if (only && next?.in === 'batches' && next.batch < from.batch) break;
    }
    return found;
  }

  /** What can be sent again now, all that was refused or one record. */
  async function standing(id: string, step: string, only: Place | null) {
    const runId = runIdSchema.safeParse(id);
    // Asked before the journal is read: what happens in between is then seen by the run, which does nothing.
    const retry = runId.success ? await engine.previewRecordRetry(runId.data, step) : null;
    if (!retry) throw notFound(`Run ${id}`);
    const stand = await stands(id, step);
    const refused = await refusedOf(stand, only);
    if (only && refused.length === 0)
      throw new HttpProblem('RUN_ACTION_REFUSED', {
        detail: 'This record is not refused, or was sent again already; nothing was changed.',
        fix: 'Reload the list of records.',
      });
    return { stand, retry, refused: refused.slice(0, MOST_RECORDS), more: Math.max(0, refused.length - MOST_RECORDS) };
  }

  const sizeOf = ({ sizes }: RecordStand): number => sizes.reduce((most, size) => Math.max(most, size), 1);
  const placeOf = ({ batch, place }: { batch?: number | undefined; place?: number | undefined }): Place | null =>
    batch === undefined || place === undefined ? null : { batch, place };

  /** @throws {HttpProblem} EDIT_INVALID, REQUEST_INVALID */
  function editedRecord([record]: readonly RefusedRecord[], only: Place | null, given: JsonValue, hidden: MaskedNames) {
    if (!record || !only)
      throw editInvalid('Only a single record can be changed before it is sent.', 'Choose one record, or change none.');
    const isObject = (value: JsonValue) => typeof value === 'object' && value !== null && !Array.isArray(value);
    if (isObject(record.value) && !isObject(given))
      throw editInvalid('The record is an object with fields, and what was given is none.', 'Keep its fields.');
    const value = restored(given, record.value, hidden, hiddenIn(record.value, hidden));
    return { value, before: masked(record.value, hidden), after: masked(value, hidden) };
  }

  return {
    async previewRecordRetry({ params, query }): Promise<RecordRetryPreview> {
      const only = placeOf(query);
      const { stand, retry, refused, more } = await standing(params.runId, params.step, only);
      const count = refused.length;
      const all = stand.counts.used + stand.counts.refused;
      const [one] = refused;
      const hidden = await masks.ofRun(stand.runId);
      const record = only && one ? { row: one.row, ...shownOf(one, hidden) } : null;
      const known = {
        count,
        more,
        batches: batchesAgain(refused, sizeOf(stand)).length,
        leftAlone: all - count,
        record,
      };
      if ('fault' in retry) return { ...known, fault: retry.fault, asOf: stand.seq, writer: null };
      const { title, connection } = retry.writer;
      const connections = connection === null ? null : await names.connections([connection]);
      const writer = { title, connection: (connection !== null && connections?.get(connection)) || null };
      return { ...known, fault: null, asOf: retry.asOf, writer };
    },

    async retryRecords({ params, body, actor }) {
      const { runId: id, step } = params;
      const { asOf, reason } = body;
      const only = body.only ?? null;
      const { stand, retry, refused } = await standing(id, step, only);
      const hidden = await masks.ofRun(stand.runId);
      const { runId } = stand;
      if ('fault' in retry)
        throw new HttpProblem('RUN_ACTION_REFUSED', { detail: retry.fault.what, fix: retry.fault.fix });
      if (refused.length === 0 || retry.asOf !== asOf || stand.seq !== asOf) throw changed();
      const edit = body.edited === undefined ? null : editedRecord(refused, only, body.edited, hidden);
      const records = edit ? refused.map((record) => ({ ...record, value: edit.value })) : refused;
      const batches: RetriedBatch[] = [];
      for (const { batch, from } of batchesAgain(records, sizeOf(stand)))
        batches.push({ part: await putBatch(blobs, batch), from, ...(edit ? { edited: true } : {}) });
      const message: InboxMessage = { kind: 'retry-records', step, asOf, batches, by: actor.name, reason };
      const taken = await engine.deliver(runId, `retry-records:${newId('rq')}`, message);
      if (taken !== 'accepted') throw changed();
      await audit(actor, 'run.retry-records', `run:${runId}`, {
        step,
        reason,
        records: refused.length,
        keys: refused.slice(0, AUDITED_KEYS).map((record) => shownOf(record, hidden).key),
        ...(edit ? { before: edit.before, edited: edit.after } : {}),
      });
      const summary = await journal.summary(runId);
      const [view] = summary ? await directory.views([summary]) : [];
      if (!view) throw notFound(`Run ${runId}`);
      return view;
    },
  };
}

/** A record as everybody may see it. */
function shownOf({ key, what, value }: RefusedRecord, hidden: MaskedNames) {
  return masked({ key, what, value }, hidden) as { key: string; what: string | null; value: JsonValue };
}

const changed = () =>
  new HttpProblem('RUN_ACTION_REFUSED', {
    detail: 'The run went on since you looked at it, or somebody else sent its records again; nothing was changed.',
    fix: 'Look again at what would be sent.',
  });

const editInvalid = (detail: string, fix: string) => new HttpProblem('EDIT_INVALID', { detail, fix });
