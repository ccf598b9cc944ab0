"""What `safar doctor` and `/metrics` say of a store: everything that is there, and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from safar.cli.doctor import state_of
from safar.gateway.limits import LimitSettings
from safar.gateway.metrics import exposition
from safar.gateway.overview import Overview, look
from safar.gateway.providers.modem.advice import ADVICE
from safar.store import counters, health, switches, usage
from safar.store.crypto import KeyRing
from safar.store.database import Database, open_database
from safar.store.usage import Scope
from tests.clock import NOW, FakeClock
from tests.gateway.conftest import Post

ROOT = Path(__file__).resolve().parents[2]
LIMITS = LimitSettings(
    _env_file=None,  # type: ignore[call-arg]
    total_segments_day=100,
    countries="NP,QA",  # type: ignore[arg-type]
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path}/safar.db")
    yield opened
    opened.close()


def said(overview: Overview) -> dict[str, str]:
    return {f.subject: f"{f.level} {f.sentence}" for f in state_of(overview, LIMITS)}


def told(overview: Overview) -> dict[str, dict[tuple[str, ...], float]]:
    """Return the metrics: values by their labels, by name."""
    text = exposition(overview).decode()
    order = ("queue", "provider", "channel", "device", "state", "code", "limit", "country", "event")
    return {
        family.name: {
            tuple(s.labels[name] for name in order if name in s.labels): s.value
            for s in family.samples
        }
        for family in text_string_to_metric_families(text)
    }


def test_a_new_store_is_said_to_be_well(database: Database) -> None:
    lines = said(look(database, LIMITS, NOW))
    assert lines["queues"] == "ok empty."
    assert lines["sending"] == "ok goes on."


def test_queues_are_shown_with_how_long_the_oldest_waits(database: Database) -> None:
    clock = FakeClock()
    post = Post(database, KeyRing([KeyRing.generate()], KeyRing.generate()), clock)
    post.queue("answer")
    post.receive("and a question")
    clock.pass_(3600)
    overview = look(database, LIMITS, clock())
    assert said(overview)["inbox fake"] == "warning 1 ready, the oldest for 3600 s."
    assert said(overview)["outbox fake"] == "warning 1 ready, the oldest for 3600 s."
    assert told(overview)["safar_queue_rows"]["outbox", "fake", "ready"] == 1
    assert told(overview)["safar_queue_oldest_seconds"]["inbox", "fake", "ready"] == 3600


def test_each_channel_of_a_provider_is_shown_with_its_code(database: Database) -> None:
    until = NOW + timedelta(minutes=5)
    with database.write() as tx:
        broken = {"state": "open", "failures": 1, "paused_until": until, "error_code": "63007"}
        health.note_provider(tx, "twilio", "whatsapp", NOW, **broken)
        health.note_provider(tx, "twilio", "sms", NOW, state="closed", failures=0)
    overview = look(database, LIMITS, NOW)
    lines = said(overview)
    assert lines["twilio whatsapp breaker"] == (
        "warning open until 09:35:00 UTC, 1 failures in a row, code 63007."
    )
    assert lines["twilio sms breaker"] == "ok closed, 0 failures in a row."
    assert told(overview)["safar_provider_breaker"] == {
        ("twilio", "sms"): 0,
        ("twilio", "whatsapp"): 2,
    }


def test_a_channel_that_was_only_reported_broken_is_shown(database: Database) -> None:
    with database.write() as tx:
        health.report_broken(tx, "twilio", "sms", "30002", NOW)
    assert "twilio sms breaker" in said(look(database, LIMITS, NOW))


@pytest.mark.parametrize("code", ADVICE)
def test_a_sticks_code_is_shown_with_what_to_do(database: Database, code: str) -> None:
    with database.write() as tx:
        health.note_device(tx, "modem", "35100", NOW, state="gone", error_code=f"{code}:0a1b")
    overview = look(database, LIMITS, NOW)
    assert said(overview)["modem 35100"] == (
        "warning gone; signal unknown, network unknown, balance unknown, 0 resets,"
        f" code {code}. {ADVICE[code]}"
    )
    assert told(overview)["safar_device_state"] == {("modem", "35100", "gone", code): 1}


def test_a_stick_that_is_well_is_said_to_be(database: Database) -> None:
    well = {"state": "ok", "signal_percent": 60, "network": "Ncell", "balance": "Rs 90"}
    with database.write() as tx:
        health.note_device(tx, "modem", "35100", NOW, **well)
    overview = look(database, LIMITS, NOW)
    assert said(overview)["modem 35100"] == (
        "ok ok; signal 60%, network Ncell, balance Rs 90, 0 resets."
    )
    assert told(overview)["safar_device_signal_percent"]["modem", "35100"] == 60


def test_the_page_about_sticks_explains_just_the_codes_there_are() -> None:
    page = (ROOT / "docs" / "operators" / "modem-stick.md").read_text("utf-8")
    table = page.partition("| code | do |")[2]
    explained = {code for row in table.splitlines() for code in _codes(row)}
    assert explained == set(ADVICE)
    folder = ROOT / "safar" / "gateway" / "providers" / "modem"
    code = "".join(p.read_text("utf-8") for p in folder.glob("*.py") if p.stem != "advice")
    # "pin_needed" and "puk_needed" are put together of what libGammu says the card waits for.
    made = {"pin_needed": "_needed", "puk_needed": "_needed"}
    missing = [each for each in ADVICE if f"{made.get(each, each)}" not in code]
    assert missing == []


def test_every_code_of_ours_that_a_stick_shows_is_explained() -> None:
    folder = ROOT / "safar" / "gateway" / "providers" / "modem"
    pattern = re.compile(r'(?:Trouble\(code=|PhoneError\(|_note\("\w+", |reason = )"(\w+)"')
    shown = {code for p in folder.glob("*.py") for code in pattern.findall(p.read_text("utf-8"))}
    # Of one order or one message, and gone with the next state.
    passing = {"bad_command", "unreadable"}
    assert shown - passing <= set(ADVICE)
    assert "second_port" not in shown or "second_port" in ADVICE


def _codes(row: str) -> list[str]:
    return re.findall(r"`([a-z_]+)`", row.split("|")[1]) if row.startswith("| `") else []


def test_every_limit_is_shown_with_its_use_in_doctor_and_metrics(database: Database) -> None:
    with database.write() as tx:
        usage.add(tx, [Scope("total", ""), Scope("country", "NP")], NOW, segments=90)
        for name in ("limit.burst", "loop.repeats", "limit.danger_answers_day", "limit.countries"):
            counters.add(tx, f"inbox.{name}", NOW, 3)
    overview = look(database, LIMITS, NOW)
    lines, metrics = said(overview), told(overview)
    fields = set(LimitSettings.model_fields)
    assert {name.removeprefix("limit ") for name in lines if name.startswith("limit ")} == fields
    assert {name for (name,) in metrics["safar_limit_most"]} == fields
    assert {name for (name,) in metrics["safar_limit_reached"]} == fields
    assert {name for (name,) in metrics["safar_limit_used"]} == {
        name for name in fields if name.endswith("_segments_day")
    }
    assert lines["limit total_segments_day"] == "warning 90 of 100 segments."
    assert lines["limit country_segments_day"] == "ok 90 of 20000 segments (NP)."
    assert lines["limit repeats"] == "ok 4; held 3 messages back today."
    assert metrics["safar_limit_used"]["total_segments_day",] == 90
    assert metrics["safar_limit_most"]["total_segments_day",] == 100
    assert metrics["safar_limit_most"]["countries",] == 2
    reached = {name for (name,), value in metrics["safar_limit_reached"].items() if value == 3}
    assert reached == {"sender_messages_burst", "repeats", "danger_answers_day", "countries"}


def test_codes_that_somebody_must_act_on_are_said_first_hand(database: Database) -> None:
    with database.write() as tx:
        counters.add(tx, "outbox.failure.blocked.21408", NOW, 2)
        counters.add(tx, "outbox.failure.guarded.30453", NOW)
    lines = said(look(database, LIMITS, NOW))
    assert lines["blocked by the provider"].startswith("warning code 21408, 2 times today.")
    assert lines["guarded by the provider"].startswith("error code 30453, 1 times today.")


def test_that_sending_was_stopped_is_said_with_the_reason(database: Database) -> None:
    with database.write() as tx:
        switches.turn_on(tx, switches.SENDING_STOPPED, "the bill", NOW)
    overview = look(database, LIMITS, NOW)
    assert said(overview)["sending"] == (
        "warning stopped since 2026-11-23 09:30 UTC: the bill. Let it go on: safar sending resume."
    )
    assert told(overview)["safar_sending_stopped"] == {(): 1}
