"""Starts the real Synapse on loopback, without federation, and speaks to it as its users do."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

ROOT = Path(__file__).parents[3]
SECRET = "for-tests-only"
_FREE = {"per_second": 100_000, "burst_count": 100_000}
_FREE_RATES = {
    "rc_message": _FREE,
    "rc_registration": _FREE,
    "rc_login": {"address": _FREE, "account": _FREE, "failed_attempts": _FREE},
    "rc_joins": {"local": _FREE, "remote": _FREE},
    "rc_joins_per_room": _FREE,
    "rc_invites": {"per_room": _FREE, "per_user": _FREE, "per_issuer": _FREE},
    "rc_room_creation": _FREE,
    "rc_admin_redaction": _FREE,
    "rc_presence": {"per_user": _FREE},
    # the one limit on reading: low, so that a test meets a real 429
    "rc_profile": {"per_second": 1, "burst_count": 3},
}


def python() -> Path | None:
    """A Python that has Synapse: this one's, that of the test servers, or the one MUSTER_SYNAPSE_PYTHON names."""
    named = os.environ.get("MUSTER_SYNAPSE_PYTHON")
    for place in [Path(named)] if named else [ROOT / ".venv-servers" / "bin" / "python", Path(sys.executable)]:
        if place.exists() and (place.parent / "synapse_homeserver").exists():
            return place
    return None


@dataclass
class Synapse:
    """A running homeserver."""

    base_url: str
    tokens: dict[str, str] = field(default_factory=dict)
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=60, trust_env=False))
    numbers: Iterator[int] = field(default_factory=count)

    def register(self, name: str) -> str:
        """A new user; returns the user id."""
        address = f"{self.base_url}/_synapse/admin/v1/register"
        nonce = self.http.get(address).json()["nonce"]
        parts = b"\x00".join(part.encode() for part in (nonce, name, "password", "notadmin"))
        mac = hmac.new(SECRET.encode(), parts, hashlib.sha1).hexdigest()
        told = {"nonce": nonce, "username": name, "password": "password", "admin": False, "mac": mac}
        answer = self.http.post(address, json=told).raise_for_status().json()
        self.tokens[answer["user_id"]] = answer["access_token"]
        return str(answer["user_id"])

    def raw(self, method: str, user: str, path: str, body: Any = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.tokens[user]}"}
        return self.http.request(method, f"{self.base_url}/_matrix/client/v3/{path}", json=body, headers=headers)

    def call(self, method: str, user: str, path: str, body: Any = None) -> dict[str, Any]:
        answer = self.raw(method, user, path, body)
        assert answer.status_code == 200, f"{method} {path}: {answer.status_code} {answer.text[:300]}"
        return dict(answer.json())

    def create(self, user: str, **given: Any) -> str:
        """A public room of that user's."""
        return str(self.call("POST", user, "createRoom", {"preset": "public_chat"} | given)["room_id"])

    def member(self, act: str, by: str, room_id: str, user: str | None = None, **given: Any) -> None:
        """join, leave, invite, kick, ban, unban."""
        self.call("POST", by, f"rooms/{quote(room_id)}/{act}", ({"user_id": user} if user else {}) | given)

    def send(self, user: str, room_id: str, content: dict[str, Any], kind: str = "m.room.message") -> str:
        path = f"rooms/{quote(room_id)}/send/{kind}/t{next(self.numbers)}"
        return str(self.call("PUT", user, path, content)["event_id"])

    def say(self, user: str, room_id: str, body: str, **relates: Any) -> str:
        content: dict[str, Any] = {"msgtype": "m.text", "body": body}
        return self.send(user, room_id, content | ({"m.relates_to": relates} if relates else {}))

    def edit(self, user: str, room_id: str, message: str, body: str) -> str:
        content = {"msgtype": "m.text", "body": f"* {body}", "m.new_content": {"msgtype": "m.text", "body": body}}
        relates = {"rel_type": "m.replace", "event_id": message}
        return self.send(user, room_id, content | {"m.relates_to": relates})

    def react(self, user: str, room_id: str, message: str, key: str) -> str:
        relates = {"rel_type": "m.annotation", "event_id": message, "key": key}
        return self.send(user, room_id, {"m.relates_to": relates}, "m.reaction")

    def redact(self, user: str, room_id: str, event: str, **given: Any) -> None:
        self.call("PUT", user, f"rooms/{quote(room_id)}/redact/{quote(event)}/t{next(self.numbers)}", given)

    def rename(self, user: str, name: str) -> None:
        self.call("PUT", user, f"profile/{quote(user)}/displayname", {"displayname": name})

    def set(self, user: str, room_id: str, kind: str, content: dict[str, Any], key: str = "") -> None:
        self.call("PUT", user, f"rooms/{quote(room_id)}/state/{kind}/{quote(key)}", content)


@contextmanager
def running(folder: Path, binary: Path, **changed: Any) -> Iterator[Synapse]:
    """Synapse with SQLite in a folder; `changed` are settings of homeserver.yaml."""
    port = _free_port()
    config = folder / "homeserver.yaml"
    config.write_text(json.dumps(_settings(folder, port) | changed), encoding="utf-8")  # JSON is YAML
    command = [str(binary), "-m", "synapse.app.homeserver", "-c", str(config)]
    key = base64.b64encode(os.urandom(32)).decode().rstrip("=")
    (folder / "signing.key").write_text(f"ed25519 a_test {key}\n")  # its own --generate-keys takes as long as a start
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log, cwd=folder) as process:
        server = Synapse(f"http://127.0.0.1:{port}")
        try:
            _wait(server, process, folder)
            yield server
        finally:
            server.http.close()
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
    shutil.rmtree(folder, ignore_errors=True)


def _settings(folder: Path, port: int) -> dict[str, Any]:
    client = {"names": ["client"], "compress": False}
    listener = {"port": port, "type": "http", "tls": False, "bind_addresses": ["127.0.0.1"], "resources": [client]}
    return {
        "server_name": "localhost",
        "public_baseurl": f"http://127.0.0.1:{port}/",
        "pid_file": str(folder / "pid"),
        "listeners": [listener],
        "database": {"name": "sqlite3", "args": {"database": str(folder / "homeserver.db")}},
        "media_store_path": str(folder / "media"),
        "signing_key_path": str(folder / "signing.key"),
        "registration_shared_secret": SECRET,
        "macaroon_secret_key": SECRET,
        "form_secret": SECRET,
        "bcrypt_rounds": 4,
        # identical first syncs are otherwise answered from memory for two minutes
        "caches": {"sync_response_cache_duration": "0s"},
        "report_stats": False,
        "trusted_key_servers": [],
        "federation_domain_whitelist": [],
        "presence": {"enabled": False},
        "url_preview_enabled": False,
        **_FREE_RATES,
    }


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait(server: Synapse, process: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(600):
        try:
            if server.http.get(f"{server.base_url}/_matrix/client/versions").status_code == 200:
                return
        except httpx.TransportError:
            pass
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError("Synapse did not start: " + (folder / "log").read_text(errors="replace")[-2000:])
