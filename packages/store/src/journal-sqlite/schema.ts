import type { RunStatus } from '@waybill/engine';

/**
 * Tables of the SQLite journal. `runs` is what lists read, one row per run; `journal` holds the records,
 * one row per append, under the number of its last record; `effects` is the ledger, one row per effect key, since 2. Runs have a note
 * since 3. Since 4 rows of the journal and of the ledger lie in the order in which they are written: ordered by run, each would land
 * on a page of its own. Runs name the node they stand at since 5; those that did not move since have only its title.
 * `stands_at` and `stands_since` repeat that for runs that wait for somebody or something, and are null for all others: an index of
 * them then counts what waits, however much it is, and a run that ends without ever waiting costs it nothing. Since 6 runs name
 * the first of those that repeat each other, and what their error means to the business; those that failed before have no class.
 * Since 7 the few runs that stand at several nodes name the others, as JSON in `also_at` and as a row each in `stands_also`, by
 * which they are counted and found; a run that stands at one node writes neither. Those that did not move since have only the one.
 */
export const SCHEMA_VERSION = 7;

/** Statuses in which a run waits for somebody or something, until it is moved. */
export const waitingStatuses: readonly RunStatus[] = ['waiting', 'paused', 'in-doubt', 'quarantined'];

/** Columns of a run's summary, in the order in which they travel to the writer. */
export const SUMMARY_COLUMNS = [
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
  'ordering_key',
  'dedupe_key',
  'parent_run_id',
  'replay_root',
  'wake_at',
  'current_step',
  'current_node',
  'current_waits',
  'stands_at',
  'stands_since',
  'error_code',
  'error_what',
  'error_class',
  'seq',
  'is_open',
  'note',
] as const;

/** The columns that change after a run was accepted, and change nothing about where it stands. */
export const PASSING_COLUMNS = [
  'status',
  'updated_at',
  'finished_at',
  'wake_at',
  'current_step',
  'current_node',
  'current_waits',
  'error_code',
  'error_what',
  'error_class',
  'seq',
  'is_open',
  'note',
] as const;
/** The columns that change after a run was accepted. */
export const CHANGING_COLUMNS = [...PASSING_COLUMNS, 'stands_at', 'stands_since'] as const;

const JOURNAL = `create table if not exists journal (
  run_id text not null,
  seq integer not null,
  records text not null
) strict;
create unique index if not exists journal_run on journal (run_id, seq);
`;

const EFFECTS = `create table if not exists effects (
  run_id text not null,
  step text not null,
  generation integer not null,
  effect_key text not null,
  business_effect_key text,
  flow_id text not null,
  node_type text not null,
  node_title text not null,
  attempt integer not null,
  state text not null,
  safety text not null,
  connection text,
  business_key text,
  mode text not null,
  input_hash text,
  first_at integer not null,
  updated_at integer not null,
  note text
) strict;
create unique index if not exists effects_run on effects (run_id, step, generation);
`;

// `n` numbers runs in acceptance order. A correlation id is indexed only where it is not the run's own. Hashes are random
// places in an index: effects of the platform itself, which have no connection, are not looked for by theirs.
export const SCHEMA = `
create table if not exists runs (
  n integer primary key,
  run_id text not null unique,
  flow_id text not null,
  version_id text not null,
  status text not null,
  mode text not null,
  started_by text not null,
  accepted_at integer not null,
  updated_at integer not null,
  finished_at integer,
  correlation_id text not null,
  business_key text,
  ordering_key text,
  dedupe_key text,
  parent_run_id text,
  replay_root text,
  wake_at integer,
  current_step text,
  current_node text,
  current_waits integer not null default 0,
  stands_at text,
  stands_since integer,
  error_code text,
  error_what text,
  error_class text,
  seq integer not null,
  is_open integer not null,
  note text,
  also_at text
) strict;
create unique index if not exists runs_dedupe on runs (flow_id, dedupe_key) where dedupe_key is not null;
create index if not exists runs_accepted on runs (accepted_at, run_id);
create index if not exists runs_status on runs (status, accepted_at, run_id);
create index if not exists runs_flow on runs (flow_id, accepted_at, run_id);
create index if not exists runs_flow_status on runs (flow_id, status, accepted_at, run_id);
create index if not exists runs_business on runs (business_key, accepted_at, run_id) where business_key is not null;
create index if not exists runs_correlation on runs (correlation_id) where correlation_id <> run_id;
create index if not exists runs_parent on runs (parent_run_id, accepted_at, run_id) where parent_run_id is not null;
create index if not exists runs_replays on runs (replay_root, accepted_at, run_id) where replay_root is not null;
create index if not exists runs_test on runs (accepted_at, run_id) where mode = 'test';
create index if not exists runs_error on runs (error_code, accepted_at, run_id) where error_code is not null;
create index if not exists runs_class on runs (error_class, accepted_at, run_id) where error_class is not null;
create index if not exists runs_person on runs (started_by, accepted_at, run_id)
  where started_by >= 'us_' and started_by < 'us_~';
create index if not exists runs_due on runs (wake_at) where is_open = 1 and wake_at is not null;
create index if not exists runs_open on runs (n) where is_open = 1;
create index if not exists runs_standing
  on runs (flow_id, version_id, stands_at, stands_since) where stands_at is not null;
create table if not exists stands_also (
  run_id text not null,
  node text not null,
  status text not null,
  note text not null,
  flow_id text not null,
  version_id text not null,
  step text not null,
  waits integer not null,
  since integer not null,
  primary key (run_id, node, status, note)
) strict, without rowid;
create index if not exists stands_also_flow on stands_also (flow_id, version_id, node, status, note, step, waits, since);
${JOURNAL}create table if not exists waits_event (
  event text not null,
  key text not null,
  run_id text not null,
  step text not null,
  primary key (event, key, run_id, step)
) strict, without rowid;
create index if not exists waits_event_run on waits_event (run_id, step);
${EFFECTS}create index if not exists effects_changed on effects (updated_at, effect_key);
create index if not exists effects_open on effects (state, updated_at, effect_key) where state <> 'confirmed';
create index if not exists effects_business on effects (business_key, updated_at, effect_key) where business_key is not null;
create index if not exists effects_connection on effects (connection, updated_at, effect_key) where connection is not null;
create index if not exists effects_same on effects (business_effect_key) where connection is not null;
create index if not exists effects_key on effects (effect_key) where connection is not null;
create table if not exists snapshots (
  run_id text primary key,
  seq integer not null,
  state text not null
) strict, without rowid;
`;

const STANDING_OF_5 = [
  'alter table runs add column current_node text',
  'alter table runs add column current_waits integer not null default 0',
  'alter table runs add column stands_at text',
  'alter table runs add column stands_since integer',
  `update runs set stands_at = json_array(status, null, current_step, note, 0), stands_since = updated_at
   where status in (${waitingStatuses.map((status) => `'${status}'`).join(', ')})`,
];

const REPEATS_AND_CLASSES_OF_6 = [
  'alter table runs add column replay_root text',
  'alter table runs add column error_class text',
  // One that repeats another has the correlation of that one, not its own.
  `update runs set replay_root = (
     select json_extract(records, '$[0].start.replay.root') from journal
     where journal.run_id = runs.run_id order by seq limit 1
   ) where correlation_id <> run_id`,
];

/** What `SCHEMA` cannot do to a file of an earlier version; one transaction, since none of it can be done twice. */
export function upgradeFrom(version: number): string {
  if (version === 0 || version >= SCHEMA_VERSION) return '';
  const rewritten = (table: string, create: string): string[] => [
    `alter table ${table} rename to ${table}_old`,
    // Names of indexes go with the old table.
    create.replaceAll(/^create unique index.*$/gm, ''),
    `insert into ${table} select * from ${table}_old order by run_id`,
    `drop table ${table}_old`,
  ];
  const steps = [
    ...(version < 3 ? ['alter table runs add column note text'] : []),
    ...(version < 4 ? rewritten('journal', JOURNAL) : []),
    ...(version === 2 || version === 3 ? rewritten('effects', EFFECTS) : []),
    ...(version < 5 ? STANDING_OF_5 : []),
    ...(version < 6 ? REPEATS_AND_CLASSES_OF_6 : []),
    'alter table runs add column also_at text',
  ];
  return ['begin', ...steps, `pragma user_version = ${SCHEMA_VERSION}`, 'commit'].join('; ');
}
