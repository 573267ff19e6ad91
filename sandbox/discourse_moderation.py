"""Discourse's answers about moderation: the staff log and the review queue, as the real one's code writes them.

The official document knows neither path: names, order and page sizes are those of its controllers and serializers.
"""

from __future__ import annotations

from typing import Any

import msgspec

from sandbox import discourse_shapes as shapes
from sandbox.discourse_state import State
from sandbox.messages import Answer, Request
from sandbox.model import SYSTEM, Flag, Forum, StaffAct
from sandbox.moments import iso

_LOG_PAGE, _REVIEW_PAGE = 200, 10
_JUDGED = {"agreed": 1, "disagreed": 2, "ignored": 3}
_KINDS = {"off_topic": 3, "inappropriate": 4, "notify_moderators": 7, "spam": 8, "illegal": 10}


def staff_acts(forum: Forum) -> list[StaffAct]:
    """Everything the staff log tells, by time: what is planned, and what the fates of posts and accounts imply."""
    staff = next((one.id for one in forum.accounts.values() if one.admin), SYSTEM)
    acts = list(forum.staff_acts)
    for post in forum.posts.values():
        if post.deleted_by == "staff" and post.gone_at is not None:
            text = f"id: {post.id}\nuser: {post.account_id}\nraw: {post.raw}"
            acts.append(StaffAct(post.gone_at, "delete_post", staff, post_id=post.id, details=text))
        if post.kind == 3:
            acts.append(StaffAct(post.at, "topic_closed", post.account_id, topic_id=post.topic_id))
    for one in forum.accounts.values():
        if one.suspended_at is not None:
            acts.append(StaffAct(one.suspended_at, "suspend_user", staff, one.id, details="advertising"))
        if one.deleted_at is not None:
            text = f"id: {one.id}\nusername: {one.username}\nname: {one.name}"
            acts.append(StaffAct(one.deleted_at, "delete_user", SYSTEM, details=text))
    return sorted(acts, key=lambda act: act.at)


def staff_log(state: State, request: Request, _: str) -> Answer:
    """/admin/logs/staff_action_logs.json: 200 a page from page 0, newest first."""
    shown = [(number, act) for number, act in enumerate(state.staff_acts, 1) if act.at <= state.now][::-1]
    page = max(0, request.number("page") or 0)
    items = [_entry(state, *one) for one in shown[page * _LOG_PAGE : (page + 1) * _LOG_PAGE]]
    more = f"/admin/logs/staff_action_logs?page={page + 1}&page_size={_LOG_PAGE}"
    rest = {"total_rows_staff_action_logs": len(shown), "load_more_staff_action_logs": more, "extras": {}}
    tail = b"]," + msgspec.json.encode(rest)[1:]
    return Answer(b'{"staff_action_logs":[', [msgspec.json.encode(one) for one in items], tail)


def _entry(state: State, number: int, act: StaffAct) -> dict[str, Any]:
    return {
        "id": number, "action_name": act.action, "details": act.details, "context": None, "ip_address": "203.0.113.7",
        "email": "someone@example.org", "created_at": iso(act.at), "subject": None, "previous_value": None,
        "new_value": None, "topic_id": act.topic_id, "post_id": act.post_id, "category_id": None, "action": 0,
        "custom_type": None, "acting_user": _user(state, act.account_id), "target_user": _user(state, act.target_id),
    }  # fmt: skip


def _user(state: State, number: int | None) -> dict[str, Any] | None:
    if number == SYSTEM:
        return {"id": SYSTEM, "username": "system", "name": "system", "avatar_template": ""}
    account = state.accounts.get(number or 0)
    return shapes.basic(account) if account else None


def review_queue(state: State, request: Request, _: str) -> Answer:
    """/review.json: flagged posts, ten from `offset`, newest first; of `status` pending or all."""
    status, offset = request.query.get("status", ["pending"])[-1], max(0, request.number("offset") or 0)
    found = [one for one in _reviewables(state) if status == "all" or one[0]["status"] == 0]
    shown = found[offset : offset + _REVIEW_PAGE]
    meta: dict[str, Any] = {"total_rows_reviewables": len(found), "status": status}
    if offset + _REVIEW_PAGE < len(found):
        meta["load_more_reviewables"] = f"/review?offset={offset + _REVIEW_PAGE}&status={status}"
    beside = {"reviewable_scores": [score for _, scores in shown for score in scores], "score_types": _types()}
    rest = msgspec.json.encode({**beside, "users": [], "meta": meta, "__rest_serializer": "1"})
    return Answer(b'{"reviewables":[', [msgspec.json.encode(one) for one, _ in shown], b"]," + rest[1:])


def review(state: State, request: Request, number: str) -> Answer | None:
    """/review/{id}.json; None if there is none."""
    for one, scores in _reviewables(state):
        if one["id"] == int(number):
            beside = {"reviewable_scores": scores, "score_types": _types(), "__rest_serializer": "1"}
            return Answer(msgspec.json.encode({"reviewable": one, **beside}))
    return None


def _types() -> list[dict[str, Any]]:
    return [{"id": number, "type": name, "title": name, "icon": "flag"} for name, number in _KINDS.items()]


def _reviewables(state: State) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Each flagged post with its flags, newest first."""
    by_post: dict[int, list[tuple[int, Flag]]] = {}
    for number, flag in enumerate(state.flags, 1):
        if flag.at <= state.now:
            by_post.setdefault(flag.post_id, []).append((number, flag))
    made = [_reviewable(state, number, flags) for number, flags in enumerate(by_post.values(), 1)]
    return made[::-1]


def _reviewable(
    state: State, number: int, flags: list[tuple[int, Flag]]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    scores, (_, first) = [_score(state, *one) for one in flags], flags[0]
    post = state.rows[first.post_id]
    return {
        "id": number, "type": "ReviewableFlaggedPost", "status": min(score["status"] for score in scores),
        "topic_id": post.topic_id, "post_id": post.id, "created_at": iso(first.at), "score": 5.0, "version": 0,
        "created_by_id": first.account_id, "target_created_by_id": post.account_id, "raw": post.raw,
        "cooked": shapes.cooked(post.raw), "reviewable_score_ids": [score["id"] for score in scores],
    }, scores  # fmt: skip


def _score(state: State, number: int, flag: Flag) -> dict[str, Any]:
    judged = flag.judged if flag.judged is not None and flag.judged[0] <= state.now else None
    return {
        "id": number, "score": 5.0, "agree_stats": {"agreed": 0, "disagreed": 0, "ignored": 0}, "reason": None,
        "created_at": iso(flag.at), "reviewed_at": iso(judged[0]) if judged else None,
        "status": _JUDGED[judged[2]] if judged else 0, "user_id": flag.account_id,
        "score_type_id": _KINDS[flag.kind], "reviewed_by_id": judged[1] if judged else None,
    }  # fmt: skip
