"""Slack's way of writing: ids, escapes, links, code, quotes."""

from __future__ import annotations

from sandbox.hostile import HOSTILE_TEXTS
from sandbox.words import Words

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def slack_id(kind: str, number: int) -> str:
    """An id such as Slack gives: a letter and ten characters, the same for the same number."""
    value, digits = (number * 7_919_117 + 60_466_176) % 36**9, ""
    for _ in range(9):
        value, digit = divmod(value, 36)
        digits = _ALPHABET[digit] + digits
    return f"{kind}0{digits}"


def escaped(text: str) -> str:
    """The three characters Slack escapes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def dressed(words: Words, text: str, channels: list[str]) -> str:
    """A text as Slack keeps it, now and then with a link, code, a quote, a channel or something hostile."""
    luck, text = words.rng.random(), escaped(text)
    if luck < 0.07:
        return f"{text} <{words.link()}|the notes>"
    if luck < 0.11:
        return f"{text} <{words.link()}>"
    if luck < 0.14:
        return f"{text}\n```{escaped(words.code())}```"
    if luck < 0.16:
        return f"&gt; {words.say(1)}\n{text}"
    if luck < 0.18:
        return f"{text} <#{words.rng.choice(channels)}>"
    if luck < 0.185:
        return f"{text} {escaped(words.rng.choice(HOSTILE_TEXTS))}"
    return text
