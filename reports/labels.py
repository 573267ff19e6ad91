"""Names of figures, statuses and reasons, in the reader's language."""

from __future__ import annotations

from reports.document import Sentence, fill
from reports.language import Language
from reports.slots import Slot


def metric_label(words: Language, key: str) -> str:
    """A figure's name."""
    labels = {
        "active": words._("Active members"),
        "dau": words._("Active members on one day"),
        "posters": words._("Members who wrote"),
        "posts": words._("Posts"),
        "comments": words._("Comments"),
        "new_members": words._("New active members"),
        "joins": words._("Joined"),
        "leaves": words._("Left"),
    }
    return labels[key]


def metric_meaning(words: Language, key: str) -> str:
    """A figure's definition in one sentence."""
    meanings = {
        "active": words._("Members who wrote, or reacted at a known time, at least once in the week."),
        "posters": words._("Members who wrote at least one message in the week."),
        "posts": words._("Messages that open a thread or stand alone."),
        "comments": words._("All other messages."),
        "new_members": words._("Members who were active for the first time ever in the week."),
        "joins": words._(
            "Members who joined, in the sources that tell; where a source tells only of channels, their first channel."
        ),
        "leaves": words._("Members who left, were removed or were banned, in the sources that tell."),
    }
    return meanings[key]


def status_label(words: Language, status: str) -> str:
    """A member's status; one that is not known to us is shown as it is."""
    labels = {
        "active": words._("Active of late"),
        "silent": words._("Silent"),
        "left": words._("Have left"),
        "banned": words._("Banned"),
        "erased": words._("Erased"),
        "unknown": words._("Not known"),
    }
    return labels.get(status, status)


def reason_words(words: Language, code: str, detail: Slot | None) -> Sentence:
    """Why a figure is not known."""
    if detail is not None:
        templates = {
            "ended": words._("the data of {detail} end before the week does."),
            "gap": words._("not everything could be observed ({detail})."),
            "channels": words._("{detail} tells who left a channel, not who left the community."),
            "not_told": words._("{detail} does not tell for the whole week."),
        }
        if code in templates:
            return fill(templates[code], detail=detail)
    return (words._("the snapshot has no value for the whole week."),)
