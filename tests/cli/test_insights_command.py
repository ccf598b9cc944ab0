"""`safar insights`: what is shown in the terminal, as JSON and as a page, and the sheet."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from openpyxl import load_workbook

from safar.gateway import inbox
from safar.gateway.messages import InboundMessage
from safar.store.crypto import KeyRing
from safar.store.database import open_database
from safar.store.understood import Understood


@pytest.fixture
def used(installation: dict[str, str]) -> dict[str, str]:
    """An installation in which two messages were not understood, one of them with a name."""
    home = Path(installation["home"])
    home.mkdir()
    database = open_database(f"sqlite:///{home / 'safar.db'}")
    keyring = KeyRing([installation["keys"]], installation["hash_key"])
    now = datetime.now(timezone.utc) - timedelta(hours=1)
    texts = {"en": "what is the time in doha Ramesh 9841234567", "ne": "मेरो रमेश [red]"}
    for variant, text in texts.items():
        message = InboundMessage(
            provider="fake",
            provider_message_id=variant,
            channel="sms",
            sender_kind="phone",
            sender="+9779841234567",
            recipient="+15005550006",
            body=text,
        )
        inbox.receive(database, keyring, message, now)
        (claimed,) = inbox.claim(database, keyring, "w", now, timedelta(seconds=30))
        seen = Understood(variant=variant, confidence=0.6)
        assert inbox.finish(
            database, keyring, claimed, "w", now, conversation=None, understood=seen
        )
    database.close()
    return installation


def test_show(safar_cold, used) -> None:
    ran = safar_cold("insights", "show", **used)
    assert (ran.code, ran.err) == (0, "")
    assert "en: 1 messages" in ran.out
    assert "what is the time in doha … #" in ran.out
    assert "Ramesh" not in ran.all
    assert "984" not in ran.all


def test_show_as_json_of_one_variant(safar_cold, used) -> None:
    ran = safar_cold("insights", "show", "--json", "--variant", "ne", **used)
    (found,) = json.loads(ran.out)["variants"]
    assert (found["variant"], found["messages"]) == ("ne", 1)
    assert found["unanswered"][0]["text"].startswith("मेरो …")


def test_show_as_a_page(safar_cold, used, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    ran = safar_cold("insights", "show", "--html", str(page), **used)
    assert (ran.code, ran.out.strip()) == (0, f"The page is in {page}.")
    assert "what is the time in doha … #" in page.read_text("utf-8")


def test_export_and_a_faulty_import(safar_cold, used, tmp_path: Path) -> None:
    book = tmp_path / "sheet.xlsx"
    ran = safar_cold("insights", "export", str(book), **used)
    assert f"{book}: 2 texts to label." in ran.out
    opened = load_workbook(book)
    opened["lines"]["H2"] = "ask_wages"
    opened.save(book)
    ran = safar_cold("insights", "import", str(book), **used)
    assert ran.code == 1
    assert "lines!J2 (labelled by): is empty" in ran.err
    assert "lines!C2 (text): has a blank" in ran.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("show", "--variant", "xx"), "There is no variant 'xx'; there are en, ne,"),
        (("import", "none.xlsx"), "none.xlsx cannot be read"),
    ],
)
def test_a_mistake_is_one_sentence(safar_cold, used, arguments: tuple[str, ...], told: str) -> None:
    ran = safar_cold("insights", *arguments, **used)
    assert (ran.code, ran.out) == (1, "")
    assert told in ran.err


def test_messages_under_other_keys_are_told_of(safar_cold, used) -> None:
    ran = safar_cold("insights", "show", **(used | {"keys": KeyRing.generate()}))
    assert "Nothing was understood in that time." in ran.out
    assert "2 messages are left out: no key in SAFAR_KEYS opens them." in ran.err
