-- three members, two sources, four days; m1 posts on both sources, m2 answers, b is a bot
create schema if not exists ops;
create schema marts;
create table marts.dim_sources (
    source varchar, platform varchar, role varchar, observed_from timestamp, as_of timestamp, is_live boolean
);
insert into marts.dim_sources values
    ('forum', 'discourse', 'own', '2024-01-01', '2024-06-30 12:00', true),
    ('chat', 'slack_export', 'own', '2024-01-01', '2024-06-28 12:00', false),
    ('rival', 'discourse', 'competitor', '2024-01-01', '2024-06-30 12:00', true),
    ('never', 'discourse', 'own', null, null, true);
create table marts.dim_dates as
select local_date::date as local_date from range(date '2024-06-01', date '2024-07-01', interval 1 day) as days(local_date);
create table marts.dim_members (
    member_key varchar, status varchar, role varchar, tier varchar, last_active_date date, accounts_count bigint
);
insert into marts.dim_members values
    ('m1', 'active', 'member', 'core', '2024-06-29', 2),
    ('m2', 'active', 'staff', 'occasional', '2024-06-29', 1),
    ('b', 'unknown', 'bot', null, null, 1);
create table marts.dim_accounts (account_key varchar, member_key varchar, source varchar, account_id varchar, role varchar);
insert into marts.dim_accounts values
    ('a1', 'm1', 'forum', '1', 'member'), ('a1c', 'm1', 'chat', 'U1', 'member'),
    ('a2', 'm2', 'forum', '2', 'staff'), ('ab', 'b', 'forum', '3', 'bot');
create table marts.dim_channels (channel_key varchar, source varchar, channel_id varchar);
insert into marts.dim_channels values ('c1', 'forum', '1'), ('c2', 'chat', 'C1');
create table marts.fct_messages (
    message_key varchar, source varchar, message_id varchar, channel_key varchar, account_key varchar,
    member_key varchar, thread_key varchar, parent_message_key varchar, kind varchar, created_at timestamp,
    local_date date, edited_at timestamp, deleted_at timestamp, text_length bigint, links_count bigint,
    reactions_count bigint, replies_count bigint, views bigint
);
insert into marts.fct_messages values
    ('x1', 'forum', '1', 'c1', 'a1', 'm1', 't1', null, 'post', '2024-06-27 10:00', '2024-06-27', null, null, 10, 0, 0, 1, 5),
    ('x2', 'forum', '2', 'c1', 'a2', 'm2', 't1', 'x1', 'comment', '2024-06-28 10:00', '2024-06-28', null, null, 10, 0, 1, 0, null),
    ('x3', 'chat', '1', 'c2', 'a1c', 'm1', 't2', null, 'post', '2024-06-28 11:00', '2024-06-28', '2024-06-28 12:00', null, 4, 0, 0, 0, null),
    ('x4', 'forum', '3', 'c1', 'ab', 'b', 't1', 'x1', 'system', '2024-06-28 22:30', '2024-06-29', null, null, 1, 0, 0, 0, null),
    -- stood until the next day: counted; gone on its own day: not; a bot's: not; a competitor's: not
    ('x5', 'forum', '4', 'c1', 'a2', 'm2', 't3', null, 'post', '2024-06-27 12:00', '2024-06-27', null, '2024-06-27 22:01', 1, 0, 0, 0, null),
    ('x6', 'forum', '5', 'c1', 'a2', 'm2', 't3', null, 'post', '2024-06-27 12:00', '2024-06-27', null, '2024-06-27 21:59', 1, 0, 0, 0, null),
    ('x7', 'forum', '6', 'c1', 'ab', 'b', 't3', null, 'post', '2024-06-27 12:00', '2024-06-27', null, null, 1, 0, 0, 0, null),
    ('x8', 'rival', '7', null, null, null, 't3', null, 'post', '2024-06-27 12:00', '2024-06-27', null, null, 1, 0, 0, 0, null);
create table marts.fct_interactions (
    interaction_key varchar, source varchar, from_member_key varchar, to_member_key varchar, from_account_key varchar,
    to_account_key varchar, kind varchar, occurred_at timestamp, local_date date, message_key varchar
);
insert into marts.fct_interactions values
    ('i1', 'forum', 'm2', 'm1', 'a2', 'a1', 'reply', '2024-06-28 10:00', '2024-06-28', 'x2'),
    ('i2', 'forum', 'm1', 'm2', 'a1', 'a2', 'reaction', null, null, 'x2');
create table marts.fct_memberships (
    membership_key varchar, source varchar, member_key varchar, account_key varchar, scope_kind varchar, scope_id varchar, event varchar,
    occurred_at timestamp, occurred_after timestamp, is_exact boolean
);
insert into marts.fct_memberships values
    ('e1', 'forum', 'm1', 'a1', 'community', '', 'join', '2024-06-01', null, true),
    ('e2', 'forum', 'm2', 'a2', 'community', '', 'join', null, '2024-06-01', false);
create table marts.fct_member_days (
    scope varchar, member_key varchar, local_date date, posts bigint, comments bigint, reposts bigint,
    reactions_given bigint, reactions_received bigint, replies_received bigint, first_at timestamp, last_at timestamp
);
insert into marts.fct_member_days values
    ('forum', 'm2', '2024-06-27', 1, 0, 0, null, 0, 0, '2024-06-27 12:00', '2024-06-27 12:00'),
    ('all', 'm2', '2024-06-27', 1, 0, 0, null, 0, 0, '2024-06-27 12:00', '2024-06-27 12:00'),
    ('forum', 'm1', '2024-06-27', 1, 0, 0, null, 0, 0, '2024-06-27 10:00', '2024-06-27 10:00'),
    ('forum', 'm2', '2024-06-28', 0, 1, 0, null, 0, 0, '2024-06-28 10:00', '2024-06-28 10:00'),
    ('chat', 'm1', '2024-06-28', 1, 0, 0, null, 0, 0, '2024-06-28 11:00', '2024-06-28 11:00'),
    ('all', 'm1', '2024-06-27', 1, 0, 0, null, 0, 0, '2024-06-27 10:00', '2024-06-27 10:00'),
    ('all', 'm2', '2024-06-28', 0, 1, 0, null, 0, 0, '2024-06-28 10:00', '2024-06-28 10:00'),
    ('all', 'm1', '2024-06-28', 1, 0, 0, null, 0, 0, '2024-06-28 11:00', '2024-06-28 11:00');
create table marts.engagement_daily (
    scope varchar, population varchar, local_date date, dau bigint, wau bigint, mau bigint, stickiness double,
    posters bigint, posts bigint, comments bigint, reposts bigint, reactions bigint, new_posters bigint,
    members_count bigint, engaged_per_member double, engagements bigint, er_by_members double, er_by_views double
);
insert into marts.engagement_daily
select
    scope, population, local_date, dau, wau, mau, dau / mau, dau, posts, comments, 0, 1, 0, members_count,
    dau / members_count, comments + 1, (comments + 1) / members_count, null
from (values
    ('all', date '2024-06-27', 1, 1, 1, 1, 0, null), ('all', date '2024-06-28', 2, 2, 2, 1, 1, null),
    ('forum', date '2024-06-27', 1, 1, 1, 1, 0, 40), ('forum', date '2024-06-28', 1, 2, 2, 0, 1, 40),
    ('chat', date '2024-06-27', 0, 0, 1, 0, 0, null), ('chat', date '2024-06-28', 1, 1, 1, 1, 0, null)
) as days(scope, local_date, dau, wau, mau, posts, comments, members_count)
cross join (values ('everyone'), ('members')) as populations(population);
-- an outage of the forum: the day is there, its numbers are not
insert into marts.engagement_daily (scope, population, local_date)
select 'forum', population, date '2024-06-26' from (values ('everyone'), ('members')) as populations(population);
create table ops.coverage (source varchar, stream varchar, observed_from timestamp, observed_to timestamp, reason varchar);
insert into ops.coverage values
    ('forum', 'messages', '2024-01-01', '2024-06-30 12:00', null),
    ('forum', null, '2024-06-25 20:00', '2024-06-26 22:00', 'outage'),
    ('never', 'messages', '2024-01-01', '2024-06-30 12:00', 'outage'),
    ('forum', 'accounts', null, null, 'no permission');
create table marts.growth_accounting (
    scope varchar, population varchar, period_kind varchar, period_start date, period_end date, active bigint,
    previous_active bigint, new bigint, retained bigint, resurrected bigint, churned bigint, left_explicitly bigint,
    banned bigint, churn_rate double, churn_rate_lo double, churn_rate_hi double, is_complete boolean,
    is_provisional boolean
);
insert into marts.growth_accounting
select scope, population, 'week', start, start + 6, active, before, new, kept, back, gone, 0, 0, rate, lo, hi, true, false
from (values
    ('forum', date '2024-06-03', 30, 0, 30, 0, 0, 0, null, null, null),
    ('forum', date '2024-06-10', 25, 30, 3, 20, 2, 10, 1 / 3, 0.2, 0.5)
) as weeks(scope, start, active, before, new, kept, back, gone, rate, lo, hi)
cross join (values ('everyone'), ('members')) as populations(population);
create table marts.cohort_retention (
    scope varchar, population varchar, cohort_kind varchar, cohort_start date, age bigint, cohort_size bigint,
    active bigint, unbounded_active bigint, rate double, lo double, hi double
);
insert into marts.cohort_retention values
    ('forum', 'members', 'week', '2024-06-03', 0, 30, 30, 30, 1, 0.8, 1),
    ('forum', 'members', 'week', '2024-06-03', 1, 30, 15, 20, 0.5, 0.3, 0.7),
    ('forum', 'members', 'week', '2024-06-03', 2, 30, null, null, null, null, null);
create table ops.reconciliation (
    source varchar, metric varchar, our_count bigint, platform_count bigint, difference bigint,
    explained_by_bots bigint, explained_by_links bigint, explained_by_deleted bigint, explained_by_gaps bigint,
    unexplained bigint
);
insert into ops.reconciliation values
    ('forum', 'members', 38, 40, 2, 1, 0, 0, 0, 1), ('forum', 'posts', 3, 9, 6, 0, 0, 0, 0, 6);
create table ops.metric_catalogue (metric varchar, unit varchar, table_name varchar, column_name varchar);
insert into ops.metric_catalogue values
    ('retention_rate', 'rate', 'marts.cohort_retention', 'rate'), ('posts', 'messages', 'marts.engagement_daily', 'posts'),
    ('er_by_members', 'rate', 'marts.engagement_daily', 'er_by_members'), ('gini', 'rate', 'marts.not_built', 'gini');
