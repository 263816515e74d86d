create table resources (
  id text primary key,
  kind text not null,
  name text not null,
  version text not null, -- '' where a kind has no versions
  is_newest integer not null, -- the version that a name without one means
  spec text not null,
  labels text not null,
  generation integer not null,
  created_at text not null,
  updated_at text not null,
  unique (kind, name, version)
) strict;

create table runs (
  number integer primary key autoincrement,
  id text not null unique,
  parent_number integer references runs (number),
  kind text not null,
  name text not null,
  version text,
  status text not null,
  input text not null,
  output text,
  error text,
  labels text not null,
  definition text, -- held only until the run has started: then the journal has it
  cancel_reason text, -- set from the request until the run has ended; '' where none was given
  created_at text not null,
  started_at text,
  ended_at text
) strict;
create index runs_unfinished on runs (number) where status = 'pending' or cancel_reason is not null;
create index runs_by_parent on runs (parent_number) where parent_number is not null;
create index runs_by_name on runs (name, number);

create table run_events (
  sequence integer primary key autoincrement,
  run_number integer not null references runs (number),
  event_id text not null,
  type text not null,
  subject text,
  time text not null,
  data text not null
) strict;

-- Which events a run's stream shows: its own and those of its descendants.
create table run_streams (
  run_number integer not null,
  sequence integer not null,
  primary key (run_number, sequence)
) strict, without rowid;

create table idempotency_keys (
  key text primary key,
  request_hash text not null,
  run_id text not null,
  created_at text not null
) strict;
create index idempotency_keys_by_age on idempotency_keys (created_at);

-- How far the journal of the runs has been read: one row.
create table journal_tail (
  id integer primary key check (id = 1),
  position integer not null
) strict;
insert into journal_tail (id, position) values (1, 0);
