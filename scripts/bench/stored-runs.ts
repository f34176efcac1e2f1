// A journal of very many finished and open runs, written straight into the tables that the journal made itself.
import { DatabaseSync } from 'node:sqlite';
import { openSqliteJournal } from '@waybill/store';

const dayMs = 86_400_000;
const flows = 40;
const versionsPerFlow = 5;
export const lastAcceptedAt = Date.UTC(2026, 5, 30, 12);

const columns = [
  'run_id',
  'flow_id',
  'version_id',
  'status',
  'mode',
  'started_by',
  'accepted_at',
  'updated_at',
  'finished_at',
  'correlation_id',
  'business_key',
  'parent_run_id',
  'current_step',
  'error_code',
  'error_what',
  'seq',
  'is_open',
];

/** The same numbers in every run of the benchmark. */
function dice(): () => number {
  let state = 42;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

const statusOf = (place: number, roll: number): string => {
  if (place > 0.999) return roll < 0.5 ? 'waiting' : roll < 0.6 ? 'running' : 'succeeded';
  if (roll < 0.012) return 'failed';
  if (roll < 0.013) return 'in-doubt';
  if (roll < 0.018) return 'cancelled';
  if (roll < 0.08) return 'ignored';
  return 'succeeded';
};
const starterOf = (roll: number): string =>
  roll < 0.8
    ? 'webhook'
    : roll < 0.95
      ? 'schedule'
      : roll < 0.98
        ? `us_${Math.floor(roll * 1_000) % 20}`
        : 'key:nightly';
const errors = ['PROVIDER_REFUSED', 'PROVIDER_UNREACHABLE', 'CREDENTIAL_EXPIRED', 'NODE_TIMEOUT'];

export interface StoredRuns {
  /** Old and rare: the hardest to find from the newest end. */
  rareKey: string;
  commonKeyPrefix: string;
  rareKeyPrefix: string;
  flowId: string;
  rareFlowId: string;
  oldVersionId: string;
}

/** Fills a new journal file with `count` runs of the last 90 days over 40 flows, the busiest with a quarter of them. */
export async function storeRuns(file: string, count: number): Promise<StoredRuns> {
  await (await openSqliteJournal({ file })).close();
  const db = new DatabaseSync(file);
  db.exec('pragma synchronous = off');
  db.exec('begin');
  const insert = db.prepare(`insert into runs (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`);
  const roll = dice();
  for (let n = 0; n < count; n += 1) {
    const place = n / count;
    const acceptedAt = Math.floor(lastAcceptedAt - (1 - place) * 90 * dayMs);
    const runId = `run_${acceptedAt.toString(36)}${n.toString(36).padStart(6, '0')}`;
    const flow = Math.floor(flows * roll() ** 2);
    const status = statusOf(place, roll());
    const failed = status === 'failed' || status === 'in-doubt';
    const open = status === 'waiting' || status === 'running' || status === 'in-doubt';
    insert.run(
      runId,
      `flow-${flow}`,
      `flow-${flow}:v${1 + Math.floor(place * versionsPerFlow)}`,
      status,
      roll() < 0.005 ? 'test' : 'live',
      starterOf(roll()),
      acceptedAt,
      acceptedAt + 2_000,
      open ? null : acceptedAt + 2_000,
      runId,
      // Three runs in four are about one of 300,000 business objects, early ones about invoices of the year before.
      roll() < 0.75
        ? place < 0.1
          ? `INV-2025-${Math.floor(roll() * 30_000)}`
          : `D-${Math.floor(roll() * 300_000)}`
        : null,
      null,
      failed || open ? 'Create the project' : null,
      failed ? (errors[Math.floor(roll() * errors.length)] ?? null) : null,
      failed ? 'The system refused the request: the customer is closed for new projects.' : null,
      12,
      open ? 1 : 0,
    );
  }
  db.exec('commit');
  const first = db.prepare('select business_key from runs where business_key is not null order by n limit 1').get();
  db.close();
  return {
    rareKey: String(first?.['business_key']),
    commonKeyPrefix: 'D-',
    rareKeyPrefix: 'INV-2025-123',
    flowId: 'flow-0',
    rareFlowId: `flow-${flows - 1}`,
    oldVersionId: 'flow-0:v1',
  };
}
