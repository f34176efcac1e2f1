CREATE TABLE effects (
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
CREATE TABLE journal (
  run_id text not null,
  seq integer not null,
  records text not null
) strict;
CREATE TABLE runs (
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
  wake_at integer,
  current_step text,
  error_code text,
  error_what text,
  seq integer not null,
  is_open integer not null,
  note text
) strict;
CREATE TABLE snapshots (
  run_id text primary key,
  seq integer not null,
  state text not null
) strict, without rowid;
CREATE TABLE waits_event (
  event text not null,
  key text not null,
  run_id text not null,
  step text not null,
  primary key (event, key, run_id, step)
) strict, without rowid;
insert into effects (run_id, step, generation, effect_key, business_effect_key, flow_id, node_type, node_title, attempt, state, safety, connection, business_key, mode, input_hash, first_at, updated_at, note) values ('run_done', 'book', 0, '0123456789abcdef0123456789abcdef', 'billing/book', 'billing', 'netsuite.create-record', 'Book', 1, 'confirmed', 'key', 'erp', 'P-1042', 'live', 'abc', 1767614400000, 1767614400009, null);
insert into journal (run_id, seq, records) values ('run_waits', 1, '[{"at":1767614400000,"type":"run-accepted","start":{"flowId":"billing","versionId":"billing@1","triggerNode":"start","input":{"v":{"project":"P-1042"}},"correlationId":"run_waits","mode":"live","startedBy":"webhook"}}]');
insert into journal (run_id, seq, records) values ('run_waits', 2, '[{"at":1767614400005,"type":"wait-opened","step":"approve","attempt":1,"startedAt":1767614400004,"wait":{"kind":"event","event":"invoice.paid","key":"INV-7","port":"out","expiredPort":"late"}}]');
insert into journal (run_id, seq, records) values ('run_done', 1, '[{"at":1767614400000,"type":"run-accepted","start":{"flowId":"billing","versionId":"billing@1","triggerNode":"start","input":{"v":{"project":"P-1042"}},"correlationId":"run_done","mode":"live","startedBy":"webhook"}}]');
insert into journal (run_id, seq, records) values ('run_done', 2, '[{"at":1767614400009,"type":"run-finished","status":"succeeded","output":null}]');
insert into journal (run_id, seq, records) values ('run_failed', 1, '[{"at":1767614400000,"type":"run-accepted","start":{"flowId":"billing","versionId":"billing@1","triggerNode":"start","input":{"v":{"project":"P-1042"}},"correlationId":"run_failed","mode":"live","startedBy":"webhook"}}]');
insert into journal (run_id, seq, records) values ('run_failed', 2, '[{"at":1767614400009,"type":"run-finished","status":"failed","output":null}]');
insert into runs (n, run_id, flow_id, version_id, status, mode, started_by, accepted_at, updated_at, finished_at, correlation_id, business_key, ordering_key, dedupe_key, parent_run_id, wake_at, current_step, error_code, error_what, seq, is_open, note) values (1, 'run_waits', 'billing', 'billing@1', 'waiting', 'live', 'webhook', 1767614400000, 1767614400005, null, 'run_waits', 'P-1042', null, null, null, null, 'Approve', null, null, 2, 1, null);
insert into runs (n, run_id, flow_id, version_id, status, mode, started_by, accepted_at, updated_at, finished_at, correlation_id, business_key, ordering_key, dedupe_key, parent_run_id, wake_at, current_step, error_code, error_what, seq, is_open, note) values (2, 'run_done', 'billing', 'billing@1', 'succeeded', 'live', 'webhook', 1767614400000, 1767614400009, 1767614400009, 'run_done', 'P-1042', null, null, null, null, null, null, null, 2, 0, null);
insert into runs (n, run_id, flow_id, version_id, status, mode, started_by, accepted_at, updated_at, finished_at, correlation_id, business_key, ordering_key, dedupe_key, parent_run_id, wake_at, current_step, error_code, error_what, seq, is_open, note) values (3, 'run_failed', 'billing', 'billing@1', 'failed', 'live', 'webhook', 1767614400000, 1767614400009, 1767614400009, 'run_failed', 'P-1042', null, null, null, null, 'Book', 'PROVIDER_REFUSED', 'The period is closed.', 2, 0, null);
insert into snapshots (run_id, seq, state) values ('run_waits', 2, '{"kept":true}');
insert into waits_event (event, key, run_id, step) values ('invoice.paid', 'INV-7', 'run_waits', 'approve');
CREATE INDEX effects_business on effects (business_key, updated_at, effect_key) where business_key is not null;
CREATE INDEX effects_changed on effects (updated_at, effect_key);
CREATE INDEX effects_connection on effects (connection, updated_at, effect_key) where connection is not null;
CREATE INDEX effects_key on effects (effect_key) where connection is not null;
CREATE INDEX effects_open on effects (state, updated_at, effect_key) where state <> 'confirmed';
CREATE UNIQUE INDEX effects_run on effects (run_id, step, generation);
CREATE INDEX effects_same on effects (business_effect_key) where connection is not null;
CREATE UNIQUE INDEX journal_run on journal (run_id, seq);
CREATE INDEX runs_accepted on runs (accepted_at, run_id);
CREATE INDEX runs_business on runs (business_key, accepted_at, run_id) where business_key is not null;
CREATE INDEX runs_correlation on runs (correlation_id) where correlation_id <> run_id;
CREATE UNIQUE INDEX runs_dedupe on runs (flow_id, dedupe_key) where dedupe_key is not null;
CREATE INDEX runs_due on runs (wake_at) where is_open = 1 and wake_at is not null;
CREATE INDEX runs_error on runs (error_code, accepted_at, run_id) where error_code is not null;
CREATE INDEX runs_flow on runs (flow_id, accepted_at, run_id);
CREATE INDEX runs_flow_status on runs (flow_id, status, accepted_at, run_id);
CREATE INDEX runs_open on runs (n) where is_open = 1;
CREATE INDEX runs_parent on runs (parent_run_id, accepted_at, run_id) where parent_run_id is not null;
CREATE INDEX runs_person on runs (started_by, accepted_at, run_id)
  where started_by >= 'us_' and started_by < 'us_~';
CREATE INDEX runs_status on runs (status, accepted_at, run_id);
CREATE INDEX runs_test on runs (accepted_at, run_id) where mode = 'test';
CREATE INDEX waits_event_run on waits_event (run_id, step);
pragma user_version = 4;
