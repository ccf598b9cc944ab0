"""A gateway to call from tests: application, store, and calls signed as Twilio signs them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import func, select
from starlette.testclient import TestClient

from safar.gateway.limits import LimitSettings
from safar.gateway.web import create_app
from safar.settings import Settings
from safar.store import counters
from safar.store.crypto import KeyRing
from safar.store.database import Database
from safar.store.tables import inbox, metadata
from tests.clock import FakeClock
from tests.peers.twilio_webhooks import ACCOUNT, TOKEN, Form, sign

PUBLIC = "https://gw.example.org"
MESSAGE = "/webhooks/twilio/message"
STATUS = "/webhooks/twilio/status"
OLD_TOKEN = "the token that was in use before"
FORM = "application/x-www-form-urlencoded"


def make_settings(home: Path, **changes: object) -> Settings:
    """Return settings with a Twilio account, whatever the machine's environment says."""
    values: dict[str, object] = {
        "home": home,
        "public_base_url": PUBLIC,
        "twilio_account_sid": ACCOUNT,
        "twilio_auth_tokens": (TOKEN, OLD_TOKEN),
    }
    return Settings(_env_file=None, **(values | changes))  # type: ignore[arg-type]


class Gateway:
    """The web application over a store in a file, as a proxy on this machine would call it."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        keyring: KeyRing,
        clock: FakeClock,
        limits: LimitSettings | None = None,
    ) -> None:
        self.database, self.keyring, self.clock = database, keyring, clock
        self.app = create_app(settings, database, keyring, clock, limits)
        self.client = TestClient(
            self.app,
            base_url="http://127.0.0.1:8080",
            client=("127.0.0.1", 50000),
            raise_server_exceptions=False,
        )

    def post(
        self,
        form: Form,
        path: str = MESSAGE,
        *,
        query: str = "",
        token: str = TOKEN,
        signed_url: str | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> Any:
        """Post a signed form; `content` is sent in its place, though `form` is what was signed."""
        target = path + (f"?{query}" if query else "")
        signature = sign(token, signed_url or PUBLIC + target, form)
        body = urlencode(form, doseq=True).encode() if content is None else content
        sent = {"Content-Type": FORM, "X-Twilio-Signature": signature, **(headers or {})}
        return self.client.post(target, content=body, headers=sent)

    def inbox(self) -> list[Any]:
        """Return the inbox, oldest first."""
        with self.database.read() as tx:
            return list(tx.execute(select(inbox).order_by(inbox.c.id)))

    def texts(self) -> list[str]:
        """Return what was written, oldest first."""
        return [self.keyring.decrypt(row.body_encrypted) for row in self.inbox()]

    def counter(self, name: str) -> int:
        """Return today's count."""
        with self.database.read() as tx:
            return counters.value(tx, name, self.clock())

    def written(self) -> dict[str, int]:
        """Return how many rows each table has, without empty ones and the list of migrations."""
        with self.database.read() as tx:
            sizes = {
                table.name: tx.execute(select(func.count()).select_from(table)).scalar_one()
                for table in metadata.sorted_tables
            }
        return {name: size for name, size in sizes.items() if size and name != "schema_migrations"}
