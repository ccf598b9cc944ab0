"""What is held on one person: all of it, nothing of anybody else's, readable in years."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

from safar.store import erasure, person_export, suppressions
from safar.store.crypto import KeyRing
from safar.store.inventory import INVENTORY
from safar.store.person_text import as_text
from safar.store.sealed import sealed_columns
from safar.store.tables import contact_identities, conversations, inbox, metadata
from tests.clock import NOW
from tests.filled_store import ANA, BEN, STORY, Filled

pytestmark = pytest.mark.both_databases

OF_STAFF = ("staff", "desks", "staff_accounts")


def export(filled: Filled, number: str = ANA, **values: bool) -> dict:  # type: ignore[type-arg]
    with filled.database.read() as tx:
        person = person_export.find(tx, filled.keyring, number)
        assert person is not None
        return person_export.export(tx, filled.keyring, person, filled.clock(), **values)


def test_everything_they_said_and_were_told_is_in_it(filled: Filled) -> None:
    filled.everything()
    document = export(filled)
    assert document["format"] == "safar-person/1"
    assert [each["address"] for each in document["addresses"]] == [ANA]
    (talk,) = document["conversations"]
    (message,), (answer,) = talk["messages"], talk["answers"]
    assert message["text"] == STORY
    assert message["as_the_provider_brought_it"] == {"Body": STORY}
    assert message["what_came_along"] == {"place": "Doha"}
    assert message["understood_as"] == {"intent": "ask_wages"}
    assert message["parts"] == [STORY]
    assert (answer["text"], answer["state"]) == ("An answer", "delivered")
    assert [each["word"] for each in answer["reported"]] == ["delivered"]
    assert talk["remembered"] == {"city": "Doha"}
    assert (talk["options_shown_last"], talk["pages_not_shown_yet"]) == (
        [{"title": "Wages"}],
        ["page two"],
    )
    assert document["counts"] == [{"day": "2026-11-23", "messages": 1, "segments": 2}]
    first = document["cases"][0]
    assert first["about"] == {"name": "Sita"}
    assert [(each["by"], each["kind"]) for each in first["said"]] == [
        ("worker", "text"),
        ("staff", "note"),
    ]
    assert first["agreed_to"] == {"message": "case.consent"}
    assert [each["desk"] for each in first["told_to"]] == ["Doha"]
    assert first["recorded"][0]["what"] == "consent"


def test_of_every_secret_of_people_something_is_in_it(filled: Filled) -> None:
    """Each encrypted column of a table that is exported: its text is found in the document."""
    filled.everything()
    document = json.dumps(export(filled), ensure_ascii=False)
    flat = document.replace("\\", "").replace(" ", "")
    with filled.database.read() as tx:
        for column in sealed_columns():
            if not INVENTORY[column.table.name].exported:
                assert column.table.name in OF_STAFF, column.name
                continue
            for token in tx.execute(select(column.column)).scalars():
                text = filled.keyring.decrypt(token).replace(" ", "") if token else ""
                assert text.strip("{}[]") in flat, column.name


def test_every_table_that_is_exported_is_read(filled: Filled) -> None:
    filled.everything()
    read: set[str] = set()

    def note(conn, cursor, statement, parameters, context, executemany) -> None:  # type: ignore[no-untyped-def]
        read.update(name for name in metadata.tables if f"FROM {name}" in statement)

    event.listen(filled.database.engine, "before_cursor_execute", note)
    export(filled)
    event.remove(filled.database.engine, "before_cursor_execute", note)
    assert {name for name, held in INVENTORY.items() if held.exported} <= read


def test_nothing_of_another_person_is_in_it(filled: Filled) -> None:
    filled.everything()
    other = filled.talk(BEN)
    filled.wrote(other, "a secret of Ben's")
    filled.told(other, "an answer to Ben")
    filled.case(other)
    document = json.dumps(export(filled))
    assert "Ben" not in document
    assert BEN not in document
    assert "Maya Gurung" not in document, "of staff it says that they did something, not who"
    assert '"officer"' not in document


def test_nothing_of_whoever_had_the_telephone_before_is_in_it(filled: Filled) -> None:
    talk = filled.talk()
    asked = filled.wrote(talk, "the story of the one before")
    filled.told(talk, "an answer to the one before", inbox_id=asked)
    filled.told(talk, "an officer to the one before")
    filled.remember(talk, '{"city": "Jeddah"}')
    filled.case(talk, "open")
    filled.clock.pass_(60)
    filled.another_person(talk)
    nothing_yet = json.dumps(export(filled))
    filled.clock.pass_(60)
    mine = filled.wrote(talk, "my own question")
    filled.told(talk, "my own answer", inbox_id=mine)
    filled.told(talk, "an officer to me")
    document = json.dumps(export(filled))
    for text in ("one before", "Jeddah", "Sita"):
        assert text not in document
        assert text not in nothing_yet
    for text in ("my own question", "my own answer", "an officer to me"):
        assert text in document


def test_notes_of_staff_can_be_left_out_and_it_says_so(filled: Filled) -> None:
    filled.everything()
    assert "Rahman lies" in json.dumps(export(filled))
    document = export(filled, notes=False)
    assert "Rahman lies" not in json.dumps(document)
    assert [case["notes_left_out"] for case in document["cases"]] == [1, 1]


@pytest.mark.parametrize(
    "written", [ANA, "+977 984-123 4567", "00977 9841234567", "9779841234567", f"whatsapp:{ANA}"]
)
def test_a_number_is_found_however_it_is_written(filled: Filled, written: str) -> None:
    filled.wrote(filled.talk())
    assert export(filled, written)["addresses"]


def test_who_wrote_by_whatsapp_is_found_by_the_number(filled: Filled) -> None:
    filled.wrote(filled.talk(f"whatsapp:{ANA}", channel="whatsapp"))
    (address,) = export(filled)["addresses"]
    assert (address["channel"], address["address"]) == ("whatsapp", f"whatsapp:{ANA}")


@pytest.mark.parametrize("number", [BEN, "", "nobody", "+977' OR '1'='1"])
def test_of_nobody_there_is_nothing(filled: Filled, number: str) -> None:
    filled.wrote(filled.talk())
    with filled.database.read() as tx:
        assert person_export.find(tx, filled.keyring, number) is None


def test_of_who_was_forgotten_there_is_only_their_wish(filled: Filled) -> None:
    talk = filled.everything()
    digest = filled.keyring.digest("phone", ANA)
    with filled.database.write() as tx:
        suppressions.suppress(tx, digest, "sms", "person", NOW)
        erasure.begin(tx, filled.keyring, talk, NOW)
    with filled.database.write() as tx:
        erasure.finish(tx, filled.keyring)
    document = export(filled)
    assert (document["person"], document["addresses"], document["cases"]) == (None, [], [])
    assert [each["asked_by"] for each in document["consent"]["left_alone"]] == ["person"]
    assert [each["what"] for each in document["consent"]["history"]] == ["stop"]


def test_what_was_erased_is_said_to_be_and_what_no_key_opens_too(filled: Filled) -> None:
    talk = filled.talk()
    erased, strange = filled.wrote(talk), filled.wrote(talk)
    lost = KeyRing([KeyRing.generate()], KeyRing.generate()).encrypt("x")
    with filled.database.write() as tx:
        tx.execute(
            update(inbox)
            .where(inbox.c.id == erased)
            .values(body_encrypted="", raw_encrypted="", extras_encrypted=None)
        )
        tx.execute(update(inbox).where(inbox.c.id == strange).values(body_encrypted=lost))
        tx.execute(update(conversations).values(state_encrypted=lost))
    (found,) = export(filled)["conversations"]
    first, second = found["messages"]
    assert (first["erased"], first["text"]) == (True, "")
    assert (second["erased"], second["text"]) == (False, person_export.UNREADABLE)
    assert found["remembered"] == person_export.UNREADABLE


def test_the_text_says_what_the_document_says(filled: Filled) -> None:
    filled.everything()
    with filled.database.write() as tx:
        tx.execute(update(contact_identities).values(created_at=NOW - timedelta(days=3)))
    text = as_text(export(filled))
    lines = text.splitlines()
    assert lines[0] == "Everything that Safar holds on one person"
    assert f"  2026-11-23T09:30:00+00:00 They wrote: {STORY}" in lines
    assert "  2026-11-23T09:30:00+00:00 Safar sent: An answer" in lines
    assert "  2026-11-23T09:30:00+00:00 Staff noted: Rahman lies" in lines
    assert [line for line in lines if line.startswith("CASE K7MA-")]
    assert "None" not in text
    assert "{'" not in text


def test_it_can_be_read_by_machines(filled: Filled) -> None:
    filled.everything()
    document = export(filled)
    assert json.loads(json.dumps(document, ensure_ascii=False)) == document
