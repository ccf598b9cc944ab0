"""Headers of parts and the reckoning which parts make a message, without a modem."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.gateway.providers.modem import wire
from safar.gateway.sms import udh
from safar.gateway.sms.joining import GAP, Part, ready_groups
from tests.clock import NOW
from tests.peers.gammu_phone import concatenation

WAIT = timedelta(minutes=15)


def part(number: int, of: int, text: str, **changes: object) -> Part:
    values: dict[str, object] = {
        "id": number,
        "device": "1",
        "sender_digest": "ana",
        "sender": "+9779812345678",
        "reference": "8:1",
        "parts": of,
        "part": number,
        "text": text,
        "sent_at": NOW,
        "received_at": NOW,
        "fingerprint": f"f{number}",
    }
    return Part(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (concatenation(200, 3, 2), (8, 200, 3, 2)),
        (concatenation(0xABCD, 3, 3, bits=16), (16, 0xABCD, 3, 3)),
        (bytes([11, 5, 4, 1, 2, 3, 4, 0, 3, 9, 2, 1]), (8, 9, 2, 1)),
        (b"", None),
        (b"\x00", None),
        (b"\xff\x00", None),
        (concatenation(1, 0, 0), None),
        (concatenation(1, 1, 1), None),
        (concatenation(1, 2, 3), None),
        (concatenation(1, 2, 0), None),
        (bytes([4, 0, 2, 1, 2]), None),
        (bytes([5, 0, 9, 1, 2, 1]), None),
    ],
)
def test_headers_say_which_part_it_is(header, expected) -> None:
    assert udh.concatenation(header) == expected


@given(st.binary(max_size=160))
def test_hostile_headers_break_nothing(header) -> None:
    found = udh.concatenation(header)
    assert found is None or 1 <= found.part <= found.parts <= 255
    assert udh.has_ports(header) in {True, False}


@given(st.integers(0, 10**9), st.integers(2, 255), st.data())
def test_our_headers_are_read_back(reference, parts, data) -> None:
    place = data.draw(st.integers(1, parts))
    header = udh.header_for(reference, parts, place)
    assert udh.concatenation(header) == (8, reference % 256, parts, place)
    assert len(header) == 6


@pytest.mark.parametrize(("parts", "place"), [(0, 0), (2, 3), (256, 1), (2, 0)])
def test_headers_that_cannot_be_are_not_made(parts, place) -> None:
    with pytest.raises(ValueError, match="no part"):
        udh.header_for(1, parts, place)


@given(st.lists(st.text(max_size=5), min_size=2, max_size=12), st.randoms())
def test_any_order_makes_the_same_message(pieces, rng: random.Random) -> None:
    parts = [part(n, len(pieces), piece) for n, piece in enumerate(pieces, 1)]
    rng.shuffle(parts)
    (group,) = ready_groups(parts, NOW, WAIT)
    assert group.text == "".join(pieces)
    assert group.missing == 0


@given(st.lists(st.booleans(), min_size=2, max_size=20).filter(lambda came: len(set(came)) == 2))
def test_what_is_missing_is_waited_for_and_then_marked(there) -> None:
    parts = [part(n, len(there), f"<{n}>") for n, came in enumerate(there, 1) if came]
    assert ready_groups(parts, NOW + WAIT - timedelta(seconds=1), WAIT) == []
    (group,) = ready_groups(parts, NOW + WAIT, WAIT)
    for n, came in enumerate(there, 1):
        assert (f"<{n}>" in group.text) == came
    assert GAP in group.text
    assert f"{GAP} {GAP}" not in group.text
    assert group.missing == there.count(False)


@given(
    st.lists(
        st.tuples(
            st.integers(1, 4),
            st.sampled_from("ab"),
            st.integers(0, 40),
            st.sampled_from(["ana", "ben"]),
        ),
        max_size=12,
    )
)
def test_every_part_is_in_one_message_and_no_place_has_two_texts(came) -> None:
    parts = [
        part(place, 4, text, id=n, sent_at=NOW + timedelta(minutes=minutes), sender_digest=who)
        for n, (place, text, minutes, who) in enumerate(came)
    ]
    groups = ready_groups(parts, NOW + timedelta(days=1), WAIT)
    assert sorted(p.id for group in groups for p in group.parts) == [p.id for p in parts]
    for group in groups:
        assert len({p.sender_digest for p in group.parts}) == 1
        for place in range(1, 5):
            assert len({p.text for p in group.parts if p.part == place}) <= 1
        ats = [p.at for p in group.parts]
        assert max(ats) - min(ats) <= WAIT


def test_half_characters_of_two_parts_are_put_together() -> None:
    emoji = "🙏"
    halves = emoji.encode("utf-16-be")
    first = halves[:2].decode("utf-16-be", "surrogatepass")
    second = halves[2:].decode("utf-16-be", "surrogatepass")
    (group,) = ready_groups([part(1, 2, f"a{first}"), part(2, 2, f"{second}b")], NOW, WAIT)
    assert group.text == "a🙏b"
    (half,) = ready_groups([part(1, 2, f"a{first}")], NOW + WAIT, WAIT)
    half.text.encode()


@given(st.text(st.characters(codec=None), max_size=50))
def test_any_text_passes_between_the_processes(text) -> None:
    command = wire.Send(
        id=1, number="+1", text=wire.units_of(text), coding="ucs2", validity_minutes=5
    )
    line = wire.line_of(command)
    assert line.count(b"\n") == 1
    read = wire.COMMANDS.validate_json(line)
    assert isinstance(read, wire.Send)
    assert wire.text_of(read.text) == text.encode("utf-16-be", "surrogatepass").decode(
        "utf-16-be", "surrogatepass"
    )
