"""Every change of an outbox row, written down by the store itself: no step is seen as two."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from safar.store.database import Database

_SEEN = """
    CREATE TABLE diary (
        n INTEGER PRIMARY KEY, id INTEGER, was TEXT, now TEXT, word_was TEXT, word_now TEXT,
        owner_was TEXT, owner_now TEXT, lease_was TEXT, at TEXT, resends_was INTEGER,
        resends_now INTEGER, kind TEXT, provider TEXT, stopped INTEGER, ahead TEXT
    )
"""
# Whether the person has asked to be left alone, and who stands before this row, at that moment.
_STOPPED = """
    (SELECT count(*) FROM suppressions s
     JOIN contact_identities i ON i.digest = s.digest
     JOIN conversations c ON c.identity_id = i.id
     WHERE c.id = new.conversation_id)
"""
_AHEAD = """
    (SELECT json_group_array(json_object(
        'id', o.id, 'state', o.state, 'unknown_at', o.unknown_at, 'replaces', o.replaces_id,
        'attempts', o.attempts, 'not_before', o.not_before))
     FROM outbox o WHERE o.conversation_id = new.conversation_id AND o.id < new.id
     AND o.state IN ('ready', 'leased', 'sending', 'unknown'))
"""
_TRIGGERS = (
    "CREATE TRIGGER diary_born AFTER INSERT ON outbox BEGIN"
    " INSERT INTO diary (id, was, now) VALUES (new.id, 'unborn', new.state); END",
    "CREATE TRIGGER diary_gone AFTER DELETE ON outbox BEGIN"
    " INSERT INTO diary (id, was, now) VALUES (old.id, old.state, 'gone'); END",
    "CREATE TRIGGER diary_change AFTER UPDATE ON outbox BEGIN"
    " INSERT INTO diary (id, was, now, word_was, word_now, owner_was, owner_now, lease_was, at,"
    " resends_was, resends_now, kind, provider, stopped, ahead)"
    " VALUES (new.id, old.state, new.state,"
    " old.provider_status, new.provider_status, old.lease_owner, new.lease_owner,"
    " old.lease_until, new.updated_at, old.resends, new.resends, new.kind, new.provider,"
    f" CASE WHEN new.state = 'sending' THEN {_STOPPED} END,"
    f" CASE WHEN old.state != 'leased' AND new.state = 'leased' THEN {_AHEAD} END); END",
)


@dataclass(frozen=True)
class Entry:
    """One change of a row.

    Attributes:
        stopped: Whether the person had asked to be left alone; told of a row that is being sent.
        ahead: Rows of the conversation that stood before it; told of a row that was just lent.
    """

    n: int
    id: int
    was: str
    now: str
    word_was: str | None
    word_now: str | None
    owner_was: str | None
    owner_now: str | None
    lease_was: str | None
    at: str | None
    resends_was: int | None
    resends_now: int | None
    kind: str | None
    provider: str | None
    stopped: bool
    ahead: list[dict[str, Any]]


class Diary:
    """Reads what happened since it was read last."""

    def __init__(self, database: Database) -> None:
        self._database, self._seen = database, 0
        self.entries: list[Entry] = []
        with database.write() as tx:
            for statement in (_SEEN, *_TRIGGERS):
                tx.exec_driver_sql(statement)

    def place(self) -> int:
        """Return the number of the last entry so far."""
        with self._database.read() as tx:
            return int(tx.exec_driver_sql("SELECT max(n) FROM diary").scalar_one() or 0)

    def read_on(self) -> list[Entry]:
        with self._database.read() as tx:
            rows = tx.exec_driver_sql(
                "SELECT * FROM diary WHERE n > ? ORDER BY n", (self._seen,)
            ).all()
        fresh = []
        for row in rows:
            self._seen = row.n
            values = dict(row._mapping)
            values["stopped"] = bool(values["stopped"])
            values["ahead"] = json.loads(values["ahead"] or "[]")
            fresh.append(Entry(**values))
        self.entries += fresh
        return fresh
