-- a micro-community that meets every rule: a forum and a chat of ours, a competitor's forum; Europe/Paris, spring 2024
insert into raw.sources values
    ('forum', 'discourse', 'own', null, true, 'https://forum.example.org/'),
    ('chat', 'slack_export', 'own', null, false, null),
    ('rival', 'discourse', 'competitor', null, true, 'https://rival.example.org'),
    ('never', 'discourse', 'own', '2024-01-01', true, 'https://never.example.org');
insert into raw.settings values ('timezone', 'Europe/Paris'), ('staff_from_platform', 'true'), ('locale', 'fr');
insert into raw.staff values ('forum', 'HELPER'), ('chat', 'ULEAD');
insert into raw.bots values ('forum', 'robot'), ('chat', 'BBRIDGE');
-- the 11th of May, local, was lost by the user's word, although a run observed it
insert into raw.gaps values ('forum', null, '2024-05-10 22:00', '2024-05-11 22:00', 'moved house');

insert into raw.coverage values
    ('forum', 'messages', '2024-03-01', '2024-04-20', null, 'r1', '2024-04-20'),
    -- an outage, made good by a later run
    ('forum', 'messages', '2024-04-20', '2024-04-22', 'outage', 'r2', '2024-04-22'),
    ('forum', 'messages', '2024-04-20', '2024-04-25', null, 'r3', '2024-04-25'),
    -- one run that says what it missed of what it read: two hours of the 1st of June, and the 6th to the 8th whole
    ('forum', 'messages', '2024-04-25', '2024-06-30 12:00', null, 'r4', '2024-06-30 12:00'),
    ('forum', 'messages', '2024-06-01 08:00', '2024-06-01 10:00', 'API cap', 'r4', '2024-06-30 12:00'),
    ('forum', 'messages', '2024-06-05 22:00', '2024-06-08 22:00', 'API cap', 'r4', '2024-06-30 12:00'),
    ('forum', 'memberships', null, null, 'no permission', 'r4', '2024-06-30 12:00'),
    ('chat', 'messages', '2024-03-05 10:00', '2024-06-20 15:30', null, 'r1', '2024-06-21'),
    ('rival', 'messages', '2024-05-01', '2024-06-30 12:00', null, 'r4', '2024-06-30 12:00'),
    ('never', 'messages', '2024-01-01', '2024-06-30 12:00', 'outage', 'r4', '2024-06-30 12:00'),
    -- was taken out of the configuration
    ('gone', 'messages', '2024-01-01', '2024-06-30 12:00', null, 'r4', '2024-06-30 12:00');
insert into raw_files.messages (source, run_id, observed_at, seq, message_id, author_id, created_at)
values ('gone', 'r1', '2024-04-20', 1, 'm1', 'ann', '2024-03-02 22:30');
insert into raw_files.accounts (source, run_id, observed_at, seq, account_id, handle)
values ('gone', 'r1', '2024-04-20', 2, 'ann', 'ann');

insert into raw_discourse.accounts (source, run_id, observed_at, seq, id, username, name, admin, moderator, created_at, is_listed, is_deleted) values
    ('forum', 'r1', '2024-04-20', 1, 1, 'alicia', 'Alice', false, false, '2024-03-02 09:00', true, false),
    ('forum', 'r4', '2024-06-30', 1, 1, 'Alice', 'Alice L.', false, false, '2024-03-02 09:00', true, false),
    ('forum', 'r1', '2024-04-20', 2, 2, 'bob', '', true, false, '2024-03-01 09:00', true, false),
    ('forum', 'r1', '2024-04-20', 3, 3, 'helper', null, false, false, null, false, false),
    ('forum', 'r1', '2024-04-20', 4, 4, 'robot', null, false, false, null, false, false),
    ('forum', 'r1', '2024-04-20', 5, 5, '<script>alert(1)</script>', '=cmd()|''/c calc''!A0', false, false, null, false, false),
    ('forum', 'r1', '2024-04-20', 6, 6, 'gone', null, false, false, null, true, true),
    ('forum', 'r1', '2024-04-20', 7, -1, 'system', 'system', true, true, null, false, false),
    -- a name that looks like another's id
    ('forum', 'r1', '2024-04-20', 8, 7, '1', null, false, false, null, false, false),
    -- never wrote, but joined
    ('forum', 'r1', '2024-04-20', 9, 9, 'lurker', null, false, false, '2024-03-20', true, false),
    ('rival', 'r1', '2024-05-20', 1, 1, 'them', null, false, false, null, false, false);
insert into raw_discourse.channels (source, run_id, observed_at, seq, id, name, parent_category_id, read_restricted) values
    ('forum', 'r1', '2024-04-20', 1, 1, 'General', null, false),
    ('forum', 'r1', '2024-04-20', 2, 2, 'Team', 1, true);

insert into raw_discourse.messages
    (source, run_id, observed_at, seq, id, topic_id, post_number, post_type, user_id, created_at, updated_at, deleted_at, user_deleted, version,
     reply_to_post_number, category_id, topic_title, raw, text_length, links_count, has_question, mentions, is_tombstone) values
    -- 23:30 in Paris on the 2nd; the title was changed later
    ('forum', 'r1', '2024-04-20', 1, 101, 10, 1, 1, 1, '2024-03-02 22:30', '2024-03-02 22:30', null, false, 1, null, 1, 'Old title', 'Why?', 4, 0, true, ['bob', 'nobody'], false),
    ('forum', 'r4', '2024-06-30', 1, 101, 10, 1, 1, 1, '2024-03-02 22:30', '2024-05-02 10:00', null, false, 2, null, 1, 'New title', 'Why not?', 8, 0, true, ['bob', 'nobody'], false),
    -- 00:30 in Paris on the 3rd; an answer to the topic, not to a post
    ('forum', 'r1', '2024-04-20', 2, 102, 10, 2, 1, 2, '2024-03-02 23:30', '2024-03-02 23:30', null, false, 1, null, 1, 'Old title', 'Because. Is it?', 8, 0, true, [], false),
    ('forum', 'r1', '2024-04-20', 3, 103, 10, 3, 1, 5, '2024-03-03 10:00', '2024-03-03 10:00', null, false, 1, 2, 1, 'Old title', 'I see @1', 5, 0, false, ['1'], false),
    -- the author answers themself
    ('forum', 'r1', '2024-04-20', 4, 104, 10, 4, 1, 1, '2024-03-04 10:00', '2024-03-04 10:00', null, false, 1, 1, 1, 'Old title', 'thanks @alice', 6, 0, false, ['alice'], false),
    -- answers a post that is not ours
    ('forum', 'r1', '2024-04-20', 5, 105, 10, 5, 1, 6, '2024-03-04 11:00', '2024-03-04 11:00', null, false, 1, 99, 1, 'Old title', 'hm', 2, 0, false, [], false),
    -- a moderator action, a small action, a whisper, a post of the system's
    ('forum', 'r1', '2024-04-20', 6, 106, 10, 6, 2, 2, '2024-03-05 10:00', null, null, false, 1, null, 1, 'Old title', 'closed', 6, 0, false, [], false),
    ('forum', 'r1', '2024-04-20', 7, 107, 10, 7, 3, 2, '2024-03-05 10:00', null, null, false, 1, null, 1, 'Old title', '', 0, 0, false, [], false),
    ('forum', 'r1', '2024-04-20', 8, 108, 10, 8, 4, 2, '2024-03-05 10:00', null, null, false, 1, null, 1, 'Old title', 'psst', 4, 0, false, [], false),
    ('forum', 'r1', '2024-04-20', 9, 109, 11, 1, 1, -1, '2024-03-05 11:00', null, null, false, 1, null, 1, 'Welcome', 'hello', 5, 0, false, [], false),
    -- a bot's, and one by someone nobody listed, in a category nobody listed
    ('forum', 'r1', '2024-04-20', 10, 110, 12, 1, 1, 4, '2024-03-06 10:00', null, null, false, 1, null, 1, 'Digest', 'news', 4, 1, false, ['alice'], false),
    ('forum', 'r1', '2024-04-20', 11, 111, 12, 2, 1, 8, '2024-03-06 11:00', null, null, false, 1, 1, 3, 'Digest', 'good bot', 8, 0, false, [], false),
    -- deleted ten days later: the 7th keeps it. deleted by the author that evening: the 8th never had it
    ('forum', 'r1', '2024-04-20', 12, 112, 13, 1, 1, 6, '2024-03-07 10:00', '2024-03-07 10:00', null, false, 1, null, 1, 'Late', 'late', 4, 0, false, [], false),
    ('forum', 'r4', '2024-06-30', 2, 112, null, null, null, null, null, null, '2024-03-17 10:00', null, null, null, null, null, null, null, null, null, null, true),
    ('forum', 'r1', '2024-04-20', 13, 113, 14, 1, 1, 6, '2024-03-08 10:00', '2024-03-08 18:00', null, true, 2, null, 1, 'Oops', '(deleted)', 9, 0, false, [], false),
    -- gone for a while, then back
    ('forum', 'r1', '2024-04-20', 14, 114, 15, 1, 1, 6, '2024-03-09 10:00', '2024-03-09 10:00', '2024-03-09 11:00', false, 1, null, 1, 'Back', 'back', 4, 0, false, [], false),
    ('forum', 'r4', '2024-06-30', 3, 114, 15, 1, 1, 6, '2024-03-09 10:00', '2024-03-09 12:00', null, false, 1, null, 1, 'Back', 'back', 4, 0, false, [], false),
    -- known only by its tombstone
    ('forum', 'r4', '2024-06-30', 4, 115, null, null, null, null, null, null, '2024-03-17 10:00', null, null, null, null, null, null, null, null, null, null, true),
    ('forum', 'r1', '2024-04-20', 15, 116, 13, 2, 1, 3, '2024-03-10 10:00', '2024-03-10 10:00', null, false, 1, 1, 1, 'Late', 'help', 4, 0, false, [], false),
    ('rival', 'r4', '2024-06-30', 1, 101, 10, 1, 1, 1, '2024-05-02 10:00', null, null, false, 1, null, 1, 'Theirs', 'ours is better', 14, 0, false, [], false);
insert into raw_discourse.memberships (source, run_id, observed_at, seq, account_id, scope, scope_id, event, occurred_at, occurred_after, is_exact) values
    ('forum', 'r1', '2024-04-20', 1, 1, 'community', '', 'join', '2024-03-02 09:00', null, true),
    ('forum', 'r1', '2024-04-20', 2, 9, 'community', '', 'join', '2024-03-20', null, true),
    ('forum', 'r4', '2024-06-30', 1, 5, 'community', '', 'ban', '2024-06-01', null, true),
    ('forum', 'r4', '2024-06-30', 2, 6, 'community', '', 'leave', null, '2024-06-29', false);
insert into raw_discourse.counts (source, run_id, observed_at, seq, scope, id, metric, value) values
    ('forum', 'r1', '2024-04-20 12:00', 1, 'community', '', 'members', 100),
    ('forum', 'r4', '2024-05-20 12:00', 1, 'community', '', 'members', 120),
    ('forum', 'r4', '2024-05-20 12:00', 2, 'community', '', 'posts', 1000),
    ('forum', 'r1', '2024-04-20 12:00', 2, 'message', '101', 'likes', 2),
    ('forum', 'r4', '2024-05-20 12:00', 3, 'message', '101', 'likes', 3),
    ('forum', 'r1', '2024-04-20 12:00', 3, 'message', '101', 'replies', 1);

insert into raw_slack_export.accounts (source, run_id, observed_at, seq, id, name, real_name, display_name, is_bot, is_admin, is_owner, deleted) values
    ('chat', 'r1', '2024-06-21', 1, 'U1', 'ann', 'Ann', '', false, false, false, false),
    ('chat', 'r1', '2024-06-21', 2, 'UBOSS', 'boss', null, null, false, false, true, false),
    ('chat', 'r1', '2024-06-21', 3, 'ULEAD', 'lead', null, null, false, false, false, false),
    ('chat', 'r1', '2024-06-21', 4, 'UBOT', 'poll', null, null, true, false, false, false),
    ('chat', 'r1', '2024-06-21', 5, 'USLACKBOT', 'slackbot', null, null, false, false, false, false),
    ('chat', 'r1', '2024-06-21', 6, 'BBRIDGE', 'bridge', null, null, true, false, false, false),
    ('chat', 'r1', '2024-06-21', 7, 'BBRIDGE/zed', 'zed', null, 'zed', true, false, false, false),
    ('chat', 'r1', '2024-06-21', 8, 'UEX', 'ex', null, null, false, false, false, true);
insert into raw_slack_export.channels (source, run_id, observed_at, seq, id, name, is_private) values
    ('chat', 'r1', '2024-06-21', 1, 'C1', 'general', false),
    ('chat', 'r1', '2024-06-21', 2, 'C2', 'random', false);
insert into raw_slack_export.messages
    (source, run_id, observed_at, seq, channel_id, ts, created_at, "user", bot_id, subtype, thread_ts, deleted_at, text, text_length, links_count, has_question, mentions, is_tombstone) values
    ('chat', 'r1', '2024-06-21', 1, 'C1', '1709632800.000100', '2024-03-05 10:00', 'U1', null, 'channel_join', null, null, 'joined', 6, 0, false, [], false),
    ('chat', 'r1', '2024-06-21', 2, 'C1', '1709636400.000100', '2024-03-05 11:00', 'U1', null, null, '1709636400.000100', null, 'hi <@UGHOST>?', 3, 0, true, ['UGHOST', 'UBOSS'], false),
    -- the same ts in another channel is another message
    ('chat', 'r1', '2024-06-21', 3, 'C2', '1709636400.000100', '2024-03-05 11:00', 'UBOSS', null, 'me_message', null, null, 'waves', 5, 0, false, [], false),
    ('chat', 'r1', '2024-06-21', 4, 'C1', '1709640000.000100', '2024-03-05 12:00', 'BBRIDGE/zed', 'BBRIDGE', 'bot_message', '1709636400.000100', null, 'from afar', 9, 0, false, [], false),
    ('chat', 'r1', '2024-06-21', 5, 'C1', '1709643600.000100', '2024-03-05 13:00', 'B9', 'B9', 'bot_message', null, null, 'build failed', 12, 0, false, [], false),
    ('chat', 'r1', '2024-06-21', 6, 'C1', '1709647200.000100', '2024-03-05 14:00', 'USLACKBOT', null, null, null, null, 'reminder', 8, 0, false, [], false),
    ('chat', 'r1', '2024-06-21', 7, 'C1', '1709650800.000100', '2024-03-05 15:00', 'ULEAD', null, 'thread_broadcast', '1709636400.000100', null, 'see', 3, 0, false, [], false),
    ('chat', 'r1', '2024-06-21', 8, 'C1', '1709654400.000100', '2024-03-05 16:00', 'U1', null, 'pinned_item', null, null, 'pinned', 6, 0, false, [], false),
    ('chat', 'r1', '2024-06-21', 9, 'C1', '1709658000.000100', '2024-03-05 17:00', null, null, 'file_comment', null, null, 'whose?', 6, 0, true, [], false),
    -- opened by a bot, answered by a person
    ('chat', 'r1', '2024-06-21', 10, 'C1', '1709661600.000100', '2024-03-05 18:00', 'UBOT', null, 'bot_message', null, null, 'poll', 4, 0, false, [], false),
    ('chat', 'r1', '2024-06-21', 11, 'C1', '1709665200.000100', '2024-03-05 19:00', 'U1', null, null, '1709661600.000100', null, 'yes', 3, 0, false, [], false),
    ('chat', 'r1', '2024-06-21', 12, 'C2', '1718897400.000100', '2024-06-20 15:30', 'U1', null, null, null, null, 'last', 4, 0, false, [], false);
insert into raw_slack_export.reactions (source, run_id, observed_at, seq, channel_id, ts, name, "user", is_removed) values
    ('chat', 'r1', '2024-06-21', 1, 'C1', '1709636400.000100', 'tada', 'UBOSS', false),
    ('chat', 'r1', '2024-06-21', 2, 'C1', '1709636400.000100', 'tada', 'U1', false),
    ('chat', 'r1', '2024-06-21', 3, 'C1', '1709636400.000100', 'wave', 'UQUIET', false),
    ('chat', 'r2', '2024-06-22', 1, 'C1', '1709636400.000100', 'wave', 'UQUIET', true);
insert into raw_slack_export.memberships (source, run_id, observed_at, seq, account_id, scope, scope_id, event, occurred_at, is_exact) values
    ('chat', 'r1', '2024-06-21', 1, 'U1', 'channel', 'C1', 'join', '2024-03-05 10:00', true),
    ('chat', 'r1', '2024-06-21', 2, 'U1', 'channel', 'C2', 'join', '2024-03-04 10:00', true),
    ('chat', 'r1', '2024-06-21', 3, 'U1', 'channel', 'C1', 'leave', '2024-06-10 10:00', true);
insert into raw_slack_export.counts (source, run_id, observed_at, seq, scope, id, metric, value) values
    ('chat', 'r1', '2024-06-21', 1, 'message', 'C1/1709636400.000100', 'reaction:tada', 2),
    ('chat', 'r1', '2024-06-21', 2, 'message', 'C1/1709636400.000100', 'reaction:wave', 1),
    ('chat', 'r1', '2024-06-21', 3, 'message', 'C1/1709636400.000100', 'replies', 2);
