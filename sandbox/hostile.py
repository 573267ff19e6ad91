"""Names and texts that try to break whatever shows, stores or exports them."""

from __future__ import annotations

HOSTILE_NAMES = (
    "<script>alert(1)</script>",
    "=cmd()|'/c calc'!A0",
    "\u202eמנורת הגן\u202c",
    "🌱 Ola 🏮",
    "Метелица Вьюгина",
    "Robert'); drop table messages;--",
    "Zo\u0308e Ka\u0301l\u030c",
    "@everyone | **bold** [x](javascript:alert(1))",
)
HOSTILE_TEXTS = (
    '<script>alert(1)</script> says the "label" & the <b>cover</b>.',
    "=cmd()|'/c calc'!A0",
    "שלום לכולם, הפנס עובד. \u202eabc\u202c",
    "Привет всем, фонарь снова светит. 🏮🏮🏮",
    "'); drop table messages; -- {{ ref('x') }} {% raw %} \\u0000 \\\" \\n",
    "Combining: Z\u0351\u036b\u0343a\u0363\u0369lgo; joined: 👩‍🔧👨‍👩‍👧; tab\tand line\n\n- a list\n- of two",
)
