"""Forget me: afterwards nothing is left in the file, whoever holds the keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from safar.gateway.providers.base import StatusReport, TransientSendError
from safar.gateway.providers.twilio.reconcile import reconcile
from safar.store.errors import CryptoError
from safar.store.tables import metadata, received_parts, sent_parts
from tests.peers.twilio_webhooks import sms_form, whatsapp_form
from tests.whole_way import ANA, BEN, CRY, FORGET, LINES, Way

pytestmark = pytest.mark.both_databases

STORY = "my employer Rahman keeps my passport in Doha"
NAME = "Sita Devi Tharu"
HIDDEN = (ANA[1:], ANA[-10:], "Rahman", "passport", "Sita", "Tharu", "forget me")
TOKEN = re.compile(rb"gAAAA[A-Za-z0-9_\-]{60,}={0,2}")


def left_in_cells(way: Way) -> list[str]:
    """Return every readable text of every column of every table."""
    found = []
    for table in metadata.sorted_tables:
        for column in table.columns:
            for (value,) in way.rows(f'SELECT "{column.name}" FROM {table.name}'):
                text = str(value)
                if text.startswith("gAAAA"):
                    text = way.keyring.decrypt(text)
                found.append(text)
    return found


def left_in_files(way: Way) -> Iterator[str]:
    """Yield every text that somebody with the keys can read out of the bytes of the files."""
    for path in way.file.parent.glob("safar.db*"):
        raw = path.read_bytes()
        yield raw.decode("latin-1")
        for token in TOKEN.findall(raw):
            try:
                yield way.keyring.decrypt(token.decode())
            except CryptoError:
                continue  # cut at the end of a page


def forgotten(way: Way) -> int:
    way.clock.pass_(60)
    return way.errands["erase"].run()


def identity_digests(way: Way) -> list[str]:
    return [
        way.keyring.digest("phone", ANA),
        way.keyring.digest("whatsapp", f"whatsapp:{ANA}"),
    ]


@pytest.mark.parametrize("line", LINES)
def test_nothing_is_left_of_a_person_on_any_channel(way: Way, line: str) -> None:
    way.ask(STORY, "sms")
    way.ask(STORY, "whatsapp", ProfileName=NAME, Latitude="25.2", Longitude="51.5", Label=NAME)
    way.ask("menu", line)
    way.ask("1", line)
    way.ask(f"{STORY}, {CRY}", line)
    said = set(way.bodies())
    assert way.ask(FORGET, line) == [way.words("forget.erased")]
    # Until that text has left, their address is needed.
    assert forgotten(way) == 1
    cells = left_in_cells(way)
    assert not [text for text in cells if any(hidden in text for hidden in HIDDEN)]
    assert not [text for text in cells if text in said or text == way.words("forget.erased")]
    assert not [text for text in cells if text in identity_digests(way)]
    assert not [
        text[:40] for text in left_in_files(way) if any(hidden in text for hidden in HIDDEN)
    ]


def listing(way: Way, forms: list[dict[str, str]]) -> Any:
    """Return a client whose account lists these messages, newest first, as Twilio's does."""
    listed = [
        SimpleNamespace(
            sid=form["MessageSid"],
            account_sid=form["AccountSid"],
            from_=form["From"],
            to=form["To"],
            body=form["Body"],
            num_media="0",
            direction="inbound",
            date_created=way.clock(),
        )
        for form in reversed(forms)
    ]
    return SimpleNamespace(messages=SimpleNamespace(stream=lambda **_: iter(listed)))


def test_no_id_is_left_that_opens_another_log_and_nothing_comes_back(way: Way) -> None:
    """With a provider's id of a message, the provider shows the text and the number."""
    forms = [
        sms_form(STORY),
        whatsapp_form(
            STORY, From=f"whatsapp:{ANA}", WaId=ANA[1:], ButtonPayload="", ProfileName=NAME
        ),
        sms_form(FORGET),
    ]
    given = []
    for form in forms:
        assert way.gateway.post(form).status_code == 200
        way.answer()
        last = way.outbox()[-1]
        assert way.report(last.id, "delivered")
        given.append(last.provider_message_id)
    sids = [form["MessageSid"] for form in forms]
    contact_ids = [row[0] for row in way.rows("SELECT id FROM contacts")]
    with way.database.write() as tx:
        tx.exec_driver_sql("UPDATE conversations SET person_has_it = 1")
    assert (len(contact_ids), len(set(given))) == (1, 3)
    assert len(way.rows("SELECT * FROM status_events")) == 1, "the others were forgotten already"
    account = listing(way, forms)

    assert forgotten(way) == 1

    hidden = [*sids, *given, *contact_ids]
    assert not [text for text in left_in_cells(way) if any(each in text for each in hidden)]
    assert not [text[:40] for text in left_in_files(way) if any(each in text for each in hidden)]
    for table in ("status_events", "service_windows"):
        assert way.rows(f"SELECT * FROM {table}") == []
    assert way.rows("SELECT * FROM usage WHERE scope = 'sender'") == []
    assert set(way.rows("SELECT person_has_it FROM conversations")) == {(0,)}
    # Reports come late, Twilio brings a webhook again and lists the same messages for a day.
    for provider_id in given:
        late = StatusReport("twilio", "read", provider_message_id=provider_id)
        assert not way.surroundings.report(late)
    rows = len(way.inbox())
    for form in forms:
        assert way.gateway.post(form).status_code == 200
    way.clock.pass_(3600)
    assert reconcile(way.surroundings, account) == 0
    assert (len(way.inbox()), way.answer()) == (rows, [])
    assert not [text for text in left_in_cells(way) if any(each in text for each in hidden)]


def test_counts_of_all_people_outlive_the_one_who_is_forgotten(way: Way) -> None:
    way.ask(STORY)
    before = way.rows("SELECT * FROM usage WHERE scope <> 'sender'")
    way.ask(FORGET, sender=BEN)
    way.ask(FORGET)
    forgotten(way)
    after = way.rows("SELECT scope, key FROM usage WHERE scope <> 'sender'")
    assert {(row[1], row[2]) for row in before} <= set(after)


def test_others_keep_what_is_theirs(way: Way) -> None:
    way.ask(STORY, sender=BEN)
    way.ask(STORY, sender=ANA)
    way.ask(FORGET, sender=ANA)
    forgotten(way)
    assert left_in_cells(way).count(STORY) >= 1
    way.ask("hello", sender=BEN)
    assert way.script.slots[-1] == {"last_topic": STORY}


def test_the_message_brought_again_is_still_a_repeat(way: Way) -> None:
    sid = "SM" + "ef" * 16
    way.ask(STORY, MessageSid=sid)
    way.ask(FORGET)
    forgotten(way)
    rows = len(way.inbox())
    assert way.ask(STORY, MessageSid=sid) == []
    assert len(way.inbox()) == rows
    assert not [text for text in left_in_cells(way) if "Rahman" in text]


def test_a_message_that_comes_before_the_address_is_erased_is_answered(way: Way) -> None:
    way.ask(STORY)
    way.write(FORGET)
    way.work()
    way.write("one more question")
    assert forgotten(way) == 0
    assert way.answer() == [way.words("forget.erased"), way.words("utter_greet")]
    # The story was forgotten at once; the later question is forgotten with the address.
    assert way.script.slots[-1] == {}
    assert forgotten(way) == 1
    assert not [text for text in left_in_cells(way) if "question" in text]


def test_who_writes_again_later_is_a_stranger(way: Way) -> None:
    way.ask(STORY)
    before = way.inbox()[-1].conversation_id
    way.ask(FORGET)
    forgotten(way)
    assert len(way.ask("hello")) == 1
    assert way.inbox()[-1].conversation_id != before
    assert way.script.slots[-1] == {}
    assert forgotten(way) == 0


def test_the_confirmation_waits_for_a_provider_that_is_away(way: Way) -> None:
    way.ask(STORY)
    way.write(FORGET)
    way.work()
    way.twilio.errors = [TransientSendError("503")]
    way.send()
    assert forgotten(way) == 0
    way.clock.pass_(3600)
    assert way.answer() == [way.words("forget.erased")]
    assert forgotten(way) == 1


def test_what_waits_is_not_sent_any_more_but_what_may_save_a_life(way: Way) -> None:
    way.write(STORY)
    way.work()
    way.write(CRY)
    way.work()
    way.write(FORGET)
    sent = way.answer()
    assert sent[0].startswith(way.words("reply.neutral"))
    assert sent[1:] == [way.words("forget.erased")]


def test_forget_me_twice_is_one_forgetting(way: Way) -> None:
    way.ask(FORGET)
    way.ask(FORGET)
    assert forgotten(way) == 1
    assert forgotten(way) == 0


@pytest.mark.parametrize(
    "beyond", [{"sender_segments_day": 0}, {"total_segments_day": 0}], ids=["own limit", "of all"]
)
def test_who_is_beyond_a_limit_is_forgotten_too(make_way, beyond) -> None:
    way = make_way(**beyond)
    way.ask(STORY)
    way.ask(FORGET)
    assert forgotten(way) == 1
    assert not [text for text in left_in_cells(way) if any(hidden in text for hidden in HIDDEN)]


def part(way: Way, number: int, text: str, at: datetime, inbox_id: int | None) -> dict[str, object]:
    return {
        "provider": "modem",
        "device": "stick",
        "fingerprint": f"f{number}",
        "sender_digest": way.keyring.digest("phone", ANA),
        "sender_encrypted": way.keyring.encrypt(ANA),
        "reference": "r",
        "parts": 2,
        "part": number,
        "text_encrypted": way.keyring.encrypt(text),
        "received_at": at,
        "inbox_id": inbox_id,
    }


def test_parts_of_long_sms_are_forgotten_whenever_they_came(way: Way) -> None:
    """Parts of what was written between asking and being erased are kept beside the inbox."""
    way.write(FORGET, "modem")
    way.work()
    late = way.write(STORY, "modem")
    with way.database.write() as tx:
        tx.execute(received_parts.insert(), part(way, 1, STORY, way.clock(), late.inbox_id))
    way.answer()
    with way.database.write() as tx:
        tx.execute(
            sent_parts.insert(),
            {
                "provider": "modem",
                "device": "stick",
                "outbox_id": way.outbox()[-1].id,
                "part": 1,
                "parts": 1,
                "reference": "7",
                "recipient_digest": way.keyring.digest("phone", ANA),
                "status": "sent",
                "sent_at": way.clock(),
            },
        )
    assert forgotten(way) == 1
    cells = left_in_cells(way)
    assert not [text for text in cells if any(hidden in text for hidden in HIDDEN)]
    assert not [text for text in cells if text in identity_digests(way)]
