-- two platforms as the warehouse prepares them: a live forum of ten messages a day, an export of a chat
create schema raw;
create schema ops;
create schema raw_discourse;
create schema raw_slack_export;

create table raw.sources (source varchar, platform varchar, role varchar, started_at timestamp, is_live boolean, base_url varchar);
insert into raw.sources values
    ('forum', 'discourse', 'own', null, true, 'https://forum.example.org'),
    ('chat', 'slack_export', 'own', null, false, null);
create table raw.settings (key varchar, value varchar);
insert into raw.settings values ('timezone', 'Europe/Paris');
create table raw.rejected (
    source varchar, platform varchar, stream varchar, run_id varchar, "column" varchar, reason varchar,
    record_hash varchar, payload varchar, rejected_at timestamp
);
insert into raw.rejected values
    ('forum', 'discourse', 'messages', '20240630T120000Z-test', 'id', 'no number', 'h', null, '2024-06-30 12:00');
create table raw.coverage (
    source varchar, stream varchar, observed_from timestamp, observed_to timestamp, reason varchar, run_id varchar,
    recorded_at timestamp
);
insert into raw.coverage values
    ('forum', 'messages', '2024-01-01', '2024-06-30 12:00', null, '20240630T120000Z-test', '2024-06-30 12:00'),
    ('forum', 'accounts', null, null, 'no permission', 'r', '2024-06-30 12:00'),
    ('chat', 'messages', '2024-05-01', '2024-06-01', null, '20240630T120000Z-test', '2024-06-30 12:00');
create table ops.ingests (
    run_id varchar, source varchar, stream varchar, received bigint, landed bigint, unchanged bigint, rejected bigint,
    requests bigint, seconds double
);
insert into ops.ingests values ('20240630T120000Z-test', 'forum', 'messages', 1000, 900, 99, 1, 10, 1.0);

create table raw_discourse.messages (
    id bigint, created_at timestamp, deleted_at timestamp, payload varchar, source varchar, run_id varchar,
    observed_at timestamp, seq bigint, loaded_at timestamp, row_hash varchar
);
insert into raw_discourse.messages
select
    i, timestamp '2024-04-01' + interval (i * 144) minute, null, '{}', 'forum', 'r',
    timestamp '2024-06-30 12:00', i, timestamp '2024-06-30 12:00', md5(i::varchar)
from range(900) as numbers(i);
create table raw_discourse.memberships (
    account_id bigint, scope varchar, scope_id varchar, event varchar, occurred_at timestamp, occurred_after timestamp,
    payload varchar, source varchar, run_id varchar, observed_at timestamp, seq bigint, loaded_at timestamp,
    row_hash varchar
);
-- found by comparing two lists: the instant is not known
insert into raw_discourse.memberships values
    (1, 'community', '', 'join', null, '2024-05-01', null, 'forum', 'r', '2024-06-30 12:00', 0, '2024-06-30 12:00', 'h');
create table raw_slack_export.messages (
    channel_id varchar, ts varchar, created_at timestamp, payload varchar, source varchar, run_id varchar,
    observed_at timestamp, seq bigint, loaded_at timestamp, row_hash varchar
);
insert into raw_slack_export.messages values
    ('C1', '1714521600.000100', '2024-05-01', '{}', 'chat', 'r', '2024-06-30 12:00', 0, '2024-06-30 12:00', 'h1'),
    ('C1', '1714521600.000200', '1970-01-01', '{}', 'chat', 'r', '2024-06-30 12:00', 1, '2024-06-30 12:00', 'h2');

create table raw.declarations as
select
    replace(table_schema, 'raw_', '') as platform, table_name as stream, column_name, data_type as column_type,
    ordinal_position as position,
    column_name in ('id', 'account_id', 'scope', 'scope_id', 'event', 'occurred_at', 'channel_id', 'ts') as is_key
from information_schema.columns
where table_schema in ('raw_discourse', 'raw_slack_export')
    and column_name not in ('payload', 'source', 'run_id', 'observed_at', 'seq', 'loaded_at', 'row_hash');
