import type { EffectEntry } from '@waybill/engine/ports';
import type { RunRow, SqlValue } from './run-row.ts';

/** Columns of an effect, in the order in which they travel to the writer; the rest of an entry is its run's. */
export const EFFECT_COLUMNS = [
  'run_id',
  'step',
  'generation',
  'effect_key',
  'business_effect_key',
  'flow_id',
  'node_type',
  'node_title',
  'attempt',
  'state',
  'safety',
  'connection',
  'business_key',
  'mode',
  'input_hash',
  'first_at',
  'updated_at',
  'note',
] as const;

/** Entries one after the other, `EFFECT_COLUMNS.length` values each. */
export function effectValues(entries: readonly EffectEntry[]): SqlValue[] {
  const values: SqlValue[] = [];
  for (const entry of entries) {
    values.push(
      entry.runId,
      entry.step,
      entry.generation,
      entry.effectKey,
      entry.businessEffectKey,
      entry.flowId,
      entry.nodeType,
      entry.nodeTitle,
      entry.attempt,
      entry.state,
      entry.safety,
      entry.connection,
      entry.businessKey,
      entry.mode,
      entry.inputHash,
      entry.firstAt,
      entry.updatedAt,
      entry.note,
    );
  }
  return values;
}

/** The entry in a row of effects joined with its run; the tables are its schema. */
export const effectOfRow = (row: RunRow): EffectEntry =>
  ({
    effectKey: row['effect_key'],
    businessEffectKey: row['business_effect_key'],
    runId: row['run_id'],
    flowId: row['flow_id'],
    versionId: row['version_id'],
    step: row['step'],
    nodeType: row['node_type'],
    nodeTitle: row['node_title'],
    generation: row['generation'],
    attempt: row['attempt'],
    state: row['state'],
    safety: row['safety'],
    connection: row['connection'],
    businessKey: row['business_key'],
    correlationId: row['correlation_id'],
    mode: row['mode'],
    inputHash: row['input_hash'],
    firstAt: row['first_at'],
    updatedAt: row['updated_at'],
    note: row['note'],
  }) as EffectEntry;
