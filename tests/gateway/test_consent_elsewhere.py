"""STOP, START and HELP of every variant, over Meta's webhook and over the simulator."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from safar.gateway.providers.meta.routes import PATH
from tests.gateway.test_consent import BY_HAND, SERVED, expected_variants, number_of
from tests.peers import meta as peer
from tests.whole_way import CRY, Way

QUESTION = "what may an agency charge?"
_numbers = itertools.count(1)


def by_meta(way: Way, text: str, sender: str) -> None:
    digits = sender[1:]
    contact = {"profile": {"name": "x"}, "wa_id": digits, "user_id": f"NP.{digits}"}
    item = peer.text(text, next(_numbers), **{"from": digits})
    body = peer.call(item, contacts=[contact])
    answer = way.gateway.client.post(
        PATH, content=body, headers={"X-Hub-Signature-256": peer.sign(body)}
    )
    assert answer.status_code == 200


def by_simulator(channel: str) -> Callable[[Way, str, str], None]:
    def write(way: Way, text: str, sender: str) -> None:
        said = {"sender": sender, "channel": channel, "text": text}
        assert way.gateway.client.post("/simulator/api/messages", json=said).status_code == 202

    return write


WAYS_IN = {
    "meta": by_meta,
    "simulator, SMS": by_simulator("sms"),
    "simulator, WhatsApp": by_simulator("whatsapp"),
}


@pytest.fixture(scope="module")
def crowd(tmp_path_factory, keyring, registry_path) -> Iterator[Way]:
    """One way for many people, with Meta and the simulator set up."""
    with pytest.MonkeyPatch.context() as patch:
        values = {
            "PHONE_NUMBER_ID": peer.OUR_ID,
            "ACCESS_TOKEN": peer.TOKEN,
            "APP_SECRETS": peer.SECRET,
            "VERIFY_TOKEN": peer.WORD,
        }
        for name, value in values.items():
            patch.setenv(f"SAFAR_META_{name}", value)
        home = tmp_path_factory.mktemp("elsewhere")
        others = ("meta", "simulator")
        changes = {"simulator": True}
        way = Way(home, keyring, registry_path, changes=changes, others=others)
    yield way
    way.close()


def ask(way: Way, way_in: str, text: str, sender: str) -> list[str]:
    WAYS_IN[way_in](way, text, sender)
    return way.answer()


def stopped(way: Way, sender: str) -> bool:
    digests: list[Any] = [
        way.keyring.digest("whatsapp", f"whatsapp:{sender}"),
        way.keyring.digest("simulator", sender),
    ]
    held = {row[0] for row in way.rows("SELECT digest FROM suppressions")}
    return bool(held & set(digests))


@pytest.mark.parametrize("way_in", WAYS_IN)
@pytest.mark.parametrize("variant", BY_HAND)
def test_stop_help_and_start_by_hand(crowd: Way, variant: str, way_in: str) -> None:
    stop, start, help_ = BY_HAND[variant]
    sender = number_of(variant, way_in)
    confirmed = ask(crowd, way_in, stop, sender)
    assert len(confirmed) == 1
    assert stopped(crowd, sender)
    assert ask(crowd, way_in, QUESTION, sender) == []
    assert len(ask(crowd, way_in, help_, sender)) == 1
    assert stopped(crowd, sender)
    welcome = ask(crowd, way_in, start, sender)
    assert len(welcome) == 1
    assert not stopped(crowd, sender)
    assert len(ask(crowd, way_in, QUESTION, sender)) == 1
    language = next(
        each
        for each in SERVED
        if crowd.plain(crowd.words("consent.stopped", each), each)[:20]
        == crowd.plain(confirmed[0], each)[:20]
    )
    assert language in expected_variants(stop, variant)
    assert "START" in confirmed[0]
    assert "STOP" in welcome[0]


@pytest.mark.parametrize("way_in", WAYS_IN)
def test_who_stopped_gets_numbers_once_a_day(crowd: Way, way_in: str) -> None:
    sender = number_of("in danger", way_in)
    ask(crowd, way_in, "STOP", sender)
    said = []
    for number in range(4):
        crowd.clock.pass_(30)
        said.append(len(ask(crowd, way_in, f"{CRY} {number}", sender)))
    assert said == [1, 0, 0, 0]
