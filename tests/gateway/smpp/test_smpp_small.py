"""Small pieces: alphabets, pace, settings, the plugin and its doctor."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from safar.gateway.providers.plugin import plugins
from safar.gateway.providers.smpp.alphabets import from_gsm7, gsm7
from safar.gateway.providers.smpp.cutting import pieces_of
from safar.gateway.providers.smpp.doctor import findings
from safar.gateway.providers.smpp.pace import Pace, Timing
from safar.gateway.providers.smpp.plugin import PLUGIN
from safar.gateway.providers.smpp.settings import SmppSettings
from safar.messaging.gsm7 import BASIC, EXTENSION
from safar.settings import Settings

GSM7 = st.text(st.sampled_from(sorted(BASIC | EXTENSION)))


@given(GSM7)
def test_gsm7_there_and_back(text: str) -> None:
    assert from_gsm7(gsm7(text)) == text


def test_the_table_is_the_one_that_texts_are_measured_by() -> None:
    assert {from_gsm7(bytes([place])) for place in range(128)} - {""} == BASIC
    assert {from_gsm7(bytes([0x1B, place])) for place in range(128)} >= EXTENSION


def test_what_gsm7_has_no_form_for_is_said() -> None:
    with pytest.raises(ValueError, match="GSM-7"):
        gsm7("न")


@given(st.text(max_size=400), st.sampled_from(["gsm7", "latin1"]))
def test_no_part_is_longer_than_an_sms(text: str, default) -> None:
    try:
        pieces = pieces_of(text, 7, default)
    except UnicodeEncodeError:
        return  # Half a character; no text of ours has one.
    for piece in pieces:
        wide = piece.data_coding == 8
        assert len(piece.octets) <= (140 if wide else 160)
        assert bool(piece.esm_class) == (len(pieces) > 1)


def test_the_pace_is_kept() -> None:
    now, slept = [100.0], []

    def sleep(seconds: float) -> None:
        slept.append(round(seconds, 3))

    pace = Pace(4, Timing(lambda: now[0], sleep))
    for _ in range(3):
        pace.wait()
    now[0] += 10
    pace.wait()
    assert slept == [0.25, 0.5]


def _settings(**values: object) -> SmppSettings:
    given = {"host": "smsc.example.org", "system_id": "safar", "addresses": "+9779800000000"}
    return SmppSettings(_env_file=None, **(given | values))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "values",
    [
        {"password": "ninechars"},
        {"system_id": "x" * 16},
        {"addresses": "1" * 21},
        {"addresses": "नेपाल"},
        {"country": "XX"},
        {"host": "no host"},
        {"port": 0},
        {"default_alphabet": "utf8"},
        {"messages_per_second": 0},
    ],
    ids=lambda values: next(iter(values)),
)
def test_settings_that_cannot_be(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as refused:
        _settings(**values)
    assert "ninechars" not in str(refused.value)


def test_it_is_found_and_set_up_by_its_folder_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert PLUGIN in plugins()
    settings = Settings(_env_file=None)
    assert not PLUGIN.configured(settings)
    monkeypatch.setenv("SAFAR_SMPP_HOST", "smsc.example.org")
    monkeypatch.setenv("SAFAR_SMPP_SYSTEM_ID", "safar")
    assert not PLUGIN.configured(settings)
    monkeypatch.setenv("SAFAR_SMPP_ADDRESSES", "+9779800000000, 31005")
    assert PLUGIN.configured(settings)
    assert SmppSettings(_env_file=None).addresses == ("+9779800000000", "31005")
    assert "smpp password" in {finding.subject for finding in PLUGIN.doctor(settings)}


@pytest.mark.parametrize(
    ("values", "level", "subject"),
    [
        ({"password": ""}, "warning", "smpp password"),
        ({"password": "secret12"}, None, "smpp password"),
        ({"tls": False}, "warning", "smpp encryption"),
        ({"tls": False, "host": "127.0.0.1"}, None, "smpp encryption"),
        ({"tls": True}, None, "smpp encryption"),
        ({"tls": True, "tls_ca": "no/such/file"}, "error", "smpp certificate"),
        ({"country": "NP"}, None, "smpp numbers"),
        ({}, "warning", "smpp numbers"),
        ({}, "ok", "smpp library"),
    ],
    ids=str,
)
def test_the_doctor(values: dict[str, object], level: str | None, subject: str) -> None:
    found = {finding.subject: finding.level for finding in findings(_settings(**values))}
    assert found.get(subject) == level


def test_without_the_library_it_says_so(monkeypatch: pytest.MonkeyPatch, office) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "smpplib" else real(name)
    )
    (library, *_) = findings(_settings())
    assert (library.level, "make extras" in library.sentence) == ("error", True)
    with pytest.raises(ModuleNotFoundError, match="make extras"):
        PLUGIN.provider(office.surroundings)


def test_looking_for_it_loads_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("smpplib")]:
        monkeypatch.delitem(sys.modules, name)
    PLUGIN.configured(Settings(_env_file=None))
    list(PLUGIN.doctor(Settings(_env_file=None)))
    assert not [name for name in sys.modules if name.startswith("smpplib")]


def test_old_parts_are_forgotten(office, carrier, clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAFAR_SMPP_ADDRESSES", "+9779800000000")
    office.open()
    (row,) = office.queue("hello")
    office.becomes(row, "accepted")
    carrier.deliver("hello")
    office.got(1)
    office.close()
    (errand,) = PLUGIN.errands(replace(office.surroundings))
    assert errand.run() == 0
    clock.pass_(61 * 24 * 3600)
    assert errand.run() == 2
    assert (office.rows("sent_parts"), office.rows("received_parts")) == ([], [])
