"""A summary goes out once for each period and calls nobody: real SMTP, webhooks at a local sink."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from flows import delivery, publication
from flows.delivery_ledger import Ledger
from flows.delivery_post import Letter, Refused, Unsent, png, post
from flows.errors import Failure, WrongUse
from flows.settings import load
from reports.mail import NOTE
from reports.message import calls_nobody

NOW = datetime(2026, 6, 29, 8)
HOSTILE = "Agora 169 @everyone <!channel> !here> <!subteam^S1|all> @here /shrug"
DRAWN = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="4"><rect width="8" height="4" fill="#0e8a72"/></svg>'
LETTER = Letter(
    "Agora · 2026-W26", "plain 169\n", '<img src="cid:active">', calls_nobody(HOSTILE) + "\n", "w", png(DRAWN)
)


@pytest.fixture
def sink(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Every webhook's request, really sent, but to this machine."""
    taken: list[tuple[str, dict[str, Any]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.append((self.headers["X-Meant-For"], json.loads(body)))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"ok": true}' if "telegram" in self.headers["X-Meant-For"] else b"ok")

        def log_message(self, *_: Any) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    real = requests.Session.request

    def to_sink(session: requests.Session, method: str, url: str, **asked: Any) -> requests.Response:
        headers = {**(asked.pop("headers", None) or {}), "X-Meant-For": url.split("/")[2]}
        return real(session, method, f"http://127.0.0.1:{server.server_port}/", headers=headers, **asked)

    monkeypatch.setattr(requests.Session, "request", to_sink)
    yield taken
    server.shutdown()


def test_a_mail_has_a_plain_twin_and_nothing_to_fetch(mailbox: tuple[Any, str]) -> None:
    box, address = mailbox
    post(address, LETTER)
    [(recipients, mail)] = box.mails
    assert recipients == ["a@example.org", "b@example.org"]
    assert mail["Subject"] == "Agora · 2026-W26"
    assert mail.get_body(("plain",)).get_content().split() == LETTER.text.split()  # type: ignore[union-attr]
    assert mail.get_body(("html",)).get_content().strip() == LETTER.html  # type: ignore[union-attr]
    kinds = ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]
    assert [part.get_content_type() for part in mail.walk()] == kinds
    picture = list(mail.walk())[-1]
    assert picture["Content-ID"] == "<active>"
    assert picture.get_content().startswith(b"\x89PNG")


@pytest.mark.parametrize(("answer", "kind"), [("451 later", Unsent), ("554 never", Refused)])
def test_what_may_pass_is_told_from_what_will_not(mailbox: tuple[Any, str], answer: str, kind: type) -> None:
    box, address = mailbox
    box.answers = [answer]
    with pytest.raises(kind, match=answer[:3]):
        post(address, LETTER)


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", "hooks.slack.com"),
        ("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", "discord.com"),
        ("tgram://123456789:abcdefg_hijklmnop/12315544", "api.telegram.org"),
        ("workflow://prod.example.org:443/643e69f6f0a14ad9/iLaz5uqTVaj0rXtGbf5vXlY1Zk8", "prod.example.org:443"),
    ],
)
def test_chats_take_the_message_and_nobody_is_called(
    sink: list[tuple[str, dict[str, Any]]], address: str, host: str
) -> None:
    post(address, LETTER)
    assert sink
    assert sink[0][0] == host
    said = json.dumps([body for _, body in sink], ensure_ascii=False)
    assert "169" in said
    for call in ("@everyone", "@here", "<!channel>", "&lt;!channel&gt;", "!here", "!subteam"):
        assert call not in said


def test_an_unknown_address_is_refused_without_being_told() -> None:
    with pytest.raises(Refused) as refused:
        post("nonsense://secret-key", LETTER)
    assert "secret" not in str(refused.value)


@pytest.fixture
def owed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mailbox: tuple[Any, str]) -> Path:
    """A configuration with one recipient, and a report that stands ready."""
    (tmp_path / "muster.toml").write_text(
        '[community]\nname = "Agora"\n[sources.chat]\nplatform = "slack_export"\npath = "x.zip"\n'
        '[reports.weekly]\nto = ["board"]\n',
        encoding="utf-8",
    )
    for name in ("summary.txt", "mail.html", "message.txt"):
        (tmp_path / name).write_text(f"169 {NOTE}", encoding="utf-8")
    (tmp_path / ".muster").mkdir()

    built = tmp_path / "built"
    built.touch()

    @contextmanager
    def proven(*_: Any) -> Iterator[Path]:
        built.write_text(built.read_text() + "x")
        yield tmp_path

    monkeypatch.setattr(publication, "proven", proven)
    monkeypatch.setattr(delivery.snapshots, "current", lambda _: tmp_path)
    monkeypatch.setattr("reports.build.period", lambda *_, **__: "2026-W26")
    monkeypatch.setattr("reports.doubts.gate_warnings", lambda _: [])
    monkeypatch.setattr("reports.doubts.Snapshot", lambda *_, **__: nullcontext())
    monkeypatch.setenv("REPORTS__BOARD", mailbox[1])
    return tmp_path


def outcomes(config: Path, **changed: Any) -> list[str]:
    asked: dict[str, Any] = {"now": NOW, "pause": lambda _: None} | changed
    return [one.outcome for one in delivery.deliver(load(config), delivery.Asked(**asked))]


def test_nothing_goes_out_twice_for_one_period(owed: Path, mailbox: tuple[Any, str]) -> None:
    assert outcomes(owed, dry_run=True) == ["would"]
    assert mailbox[0].mails == []
    assert outcomes(owed) == ["sent"]
    built = (owed / "built").read_text()
    assert outcomes(owed) == ["already"]
    assert (owed / "built").read_text() == built, "nothing is owed, so nothing is built"
    assert len(mailbox[0].mails) == 1
    assert outcomes(owed, again=True) == ["sent"]


def test_killed_while_sending_it_is_not_sent_again(owed: Path, mailbox: tuple[Any, str]) -> None:
    Ledger(owed / ".muster" / "deliveries.json").write("weekly/2026-W26/board", "sending", NOW)
    assert outcomes(owed) == ["unsure"]
    assert mailbox[0].mails == []


def test_a_busy_server_is_tried_again_and_a_failure_stays_owed(owed: Path, mailbox: tuple[Any, str]) -> None:
    mailbox[0].answers = ["451 later"] * 3
    assert outcomes(owed) == ["failed"]
    mailbox[0].answers = ["451 later"] * 2
    assert outcomes(owed) == ["sent"]


def test_in_doubt_it_is_annotated_or_withheld(
    owed: Path, mailbox: tuple[Any, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.doubts.gate_warnings", lambda _: [("a", "b"), ("c", "d")])
    assert outcomes(owed, now=datetime(2026, 7, 20)) == ["sent"]
    text = mailbox[0].mails[0][1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert text.startswith("[The checks before publication gave 2 warnings. The data are stale: they end with Jun 22")
    config = owed / "muster.toml"
    config.write_text(config.read_text() + 'in_doubt = "withhold"\n')
    assert outcomes(owed, again=True) == ["withheld"]


def test_an_unreadable_ledger_sends_nothing(owed: Path, mailbox: tuple[Any, str]) -> None:
    (owed / ".muster" / "deliveries.json").write_text("{")
    with pytest.raises(Failure, match="cannot be read"):
        outcomes(owed)
    assert mailbox[0].mails == []


def test_an_address_in_muster_toml_is_refused_and_not_repeated(owed: Path) -> None:
    config = owed / "muster.toml"
    config.write_text(config.read_text().replace('"board"', '"slack://T1/B1/secret"'))
    with pytest.raises(WrongUse) as wrong:
        load(config)
    assert "reports.weekly.to" in str(wrong.value)
    assert 'secret"' not in str(wrong.value)
    assert "T1/B1" not in str(wrong.value)


def test_a_name_without_an_address_says_where_to_put_one(owed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REPORTS__BOARD")
    with pytest.raises(WrongUse, match=r"'board' is not there; set REPORTS__BOARD, or board under \[reports\]"):
        outcomes(owed)
