"""Whom to call: embassies, numbers of a country, and the few numbers of somebody in danger."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import product

import pytest
from content_tree import FILES, changed

from safar.answers.compose import Corridor
from safar.answers.contacts import embassy, hotlines, urgent_lines
from safar.answers.danger import danger_reply
from safar.answers.resources import Resources
from safar.messaging.render import render
from safar.messaging.segments import measure
from safar.phrasing.values import Phone, Phrase
from safar.registry.query import Registry
from tests.variants import SERVED

Small = Callable[..., Registry]
NEPAL, QATAR, MISSIONS = "countries/NP.yaml", "countries/QA.yaml", "missions/NP.yaml"

VARIANTS = SERVED
TODAY = date(2026, 11, 24)
REVIEWED = """
    source: qa-law
    as_of: 2024-11-21
    review_by: 2027-06-30
    confidence: medium
"""
NO_NUMBERS = FILES[QATAR][: FILES[QATAR].index("hotlines:")] + "hotlines: []\n"


def line(name: str, kind: str, phone: str, more: str = "") -> str:
    return (
        f"  - id: {name}\n    name: {{id: hotline.{name}, text: {name}}}\n    kind: {kind}\n"
        f'    phone: "{phone}"{more}{REVIEWED}'
    )


EVERYWHERE: dict[str, str | bytes] = {
    "countries/XX.yaml": (
        'code: XX\nroles: []\ncurrency: XXX\ncalling_code: "+0"\nauthorities: {}\nfacts: []\n'
        "hotlines:\n" + line("xx-112", "emergency", "112")
    )
}
HOME = changed(
    NEPAL,
    "hotlines: []\n",
    "hotlines:\n"
    + line("np-police", "police", "100")
    + line("np-abroad", "welfare", "+97715970008", "\n    dial_from_abroad: true"),
)


def phones(lines: list[Phrase]) -> list[str]:
    return [
        value.value for said in lines for value in said.values.values() if isinstance(value, Phone)
    ]


def urgent(registry: Registry, *corridor: str | None) -> list[str]:
    return phones(urgent_lines(registry, Corridor(*corridor), TODAY))


KNOWN_PLACE = {
    "police of the place, then home, then the embassy": (
        ("NP", "QA"),
        ["999", "+97715970008", "+97444675683"],
    ),
    "no embassy of an unknown origin": ((None, "QA"), ["999"]),
    "place unknown: of all phones, and what dials from abroad": (
        ("NP", None),
        ["112", "+97715970008"],
    ),
    "nothing known: of all phones": ((None, None), ["112"]),
    "a country without numbers is like an unknown one": (("NP", "KW"), ["112", "+97715970008"]),
}


@pytest.mark.parametrize("name", KNOWN_PLACE)
def test_urgent_numbers(small: Small, name: str) -> None:
    corridor, expected = KNOWN_PLACE[name]
    assert urgent(small({**EVERYWHERE, **HOME}), *corridor) == expected


def test_the_number_of_all_phones_fills_in_where_no_rescue_is_known(small: Small) -> None:
    labour = NO_NUMBERS.replace("hotlines: []\n", "hotlines:\n" + line("qa-lab", "labour", "16505"))
    registry = small({**EVERYWHERE, **HOME, QATAR: labour})
    assert urgent(registry, None, "QA") == ["16505", "112"]


def test_two_lines_of_one_number_are_one(small: Small) -> None:
    more = FILES[QATAR] + line("qa-traf", "trafficking", "999") + line("qa-lab", "labour", "16505")
    assert urgent(small({QATAR: more}), None, "QA") == ["999", "16505"]


def test_in_danger_the_emergency_number_of_the_embassy_of_the_city(small: Small) -> None:
    more = (
        FILES[MISSIONS]
        .replace(
            'phone: "+97444675683"', 'phone: "+97444675683"\n    emergency_phone: "+97455001234"'
        )
        .replace("name: Consulate of Nepal", 'name: Consulate of Nepal\n    phone: "+97444000111"')
    )
    registry = small({MISSIONS: more})
    assert urgent(registry, "NP", "QA")[-1] == "+97455001234"
    assert urgent(registry, "NP", "QA", "Al Khor")[-1] == "+97444000111"


@pytest.mark.parametrize("spoilt", ["confidence: low", "review_by: 2026-11-23"])
def test_a_number_in_doubt_is_never_given(small: Small, spoilt: str) -> None:
    old = {"confidence": "confidence: medium", "review_by": "review_by: 2027-06-30"}
    name = spoilt.split(":", maxsplit=1)[0]
    registry = small({f: FILES[f].replace(old[name], spoilt) for f in (QATAR, MISSIONS)})
    corridor = Corridor("NP", "QA")
    assert urgent_lines(registry, corridor, TODAY) == []
    assert hotlines(registry, corridor, TODAY).parts == [Phrase(id="hotline.none")]
    reply = embassy(registry, corridor, TODAY)
    assert [part.id for part in reply.parts] == ["mission.name_only"] * 2
    assert phones(reply.parts) == []


def test_the_embassy_comes_first_and_the_city_before_it(small: Small) -> None:
    def named(city: str | None) -> list[str]:
        reply = embassy(small(), Corridor("NP", "QA", city), TODAY)
        assert [option.id for option in reply.options] == ["contact_hotline", "talk_to_person"]
        assert [source.id for source in reply.sources] == ["np-rule-2015"]
        return [part.values["city"].text for part in reply.parts]  # type: ignore[union-attr]

    assert named(None) == ["Doha", "Al Khor"]
    assert named("al khor") == ["Al Khor", "Doha"]
    assert named("Dukhan") == ["Doha", "Al Khor"]


def test_no_embassy_is_said_with_both_countries(small: Small) -> None:
    reply = embassy(small(), Corridor("NP", "MY"), TODAY)
    assert [part.id for part in reply.parts] == ["mission.none"]
    assert {"origin", "destination"} <= set(reply.parts[0].values)
    assert reply.sources == []


@pytest.mark.parametrize("corridor", [("NP", None), (None, "QA"), (None, None)])
def test_an_embassy_needs_both_countries(small: Small, corridor: tuple[str | None, ...]) -> None:
    with pytest.raises(ValueError, match="origin and destination"):
        embassy(small(), Corridor(*corridor), TODAY)


def test_numbers_are_of_the_place_and_else_of_home(small: Small) -> None:
    registry = small(HOME)

    def given(*corridor: str | None) -> list[str]:
        return phones(hotlines(registry, Corridor(*corridor), TODAY).parts)

    assert given("NP", "QA") == ["+97444675681", "999"]  # kept for people of Nepal: first
    assert given("PH", "QA") == ["999"]
    assert given("NP") == ["100", "+97715970008"]
    with pytest.raises(ValueError, match="country is needed"):
        given()


def test_a_country_without_numbers_is_told_honestly(small: Small) -> None:
    reply = hotlines(small(), Corridor("NP", "KW"), TODAY)
    assert reply.parts == [Phrase(id="hotline.none")]
    assert reply.sources == []
    assert [option.id for option in reply.options] == ["contact_embassy", "talk_to_person"]


@pytest.mark.parametrize(
    ("corridor", "question"),
    [
        (("NP", "QA"), "danger.question"),
        ((None, "QA"), "danger.question"),
        (("NP", None), "danger.where"),
        ((None, None), "danger.where"),
    ],
)
def test_danger_numbers_first_then_one_question_and_a_person(
    small: Small, corridor: tuple[str | None, ...], question: str
) -> None:
    registry = small({**EVERYWHERE, **HOME})
    reply = danger_reply(registry, Corridor(*corridor), TODAY)
    first, *lines, last = reply.parts
    assert first.id == "danger.first"
    assert lines == urgent_lines(registry, Corridor(*corridor), TODAY)
    assert phones(lines)
    assert last.id == question
    assert [option.id for option in reply.options] == ["talk_to_person"]
    assert reply.urgent


def test_in_danger_with_no_number_at_all_the_place_is_asked(small: Small) -> None:
    reply = danger_reply(small({QATAR: NO_NUMBERS}), Corridor(None, "QA"), TODAY)
    assert [part.id for part in reply.parts] == ["danger.first", "danger.where"]
    assert reply.urgent


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_first_sms_in_danger_has_a_number_that_dials(
    resources: Resources, variant: str
) -> None:
    registry = resources.registry()
    for origin, destination in product(
        ("NP", "BD", "IN", "PH", "KE", "ID", None), ("SA", "QA", "AE", "KW", "MY", "ZW", None)
    ):
        corridor = Corridor(origin, destination)
        reply = danger_reply(registry, corridor, TODAY)
        numbers = phones(reply.parts)
        assert numbers, corridor
        page = render(reply, resources.catalogue, variant, "sms").texts[0]
        assert numbers[0] in page.replace(" ", ""), (corridor, page)
        size = measure(page)
        assert size.segments <= {"GSM-7": 2, "UCS-2": 3}[size.encoding], (corridor, page)
        if destination is None:  # a short number of home would ring nowhere, or somewhere else
            assert numbers[0] == "112"
            assert all(number.startswith("+") for number in numbers[1:]), (corridor, numbers)


@pytest.mark.parametrize("variant", VARIANTS)
def test_contacts_have_words_in_every_variant(resources: Resources, variant: str) -> None:
    registry = resources.registry()
    for origin, destination in product(
        ("NP", "BD", "IN", "PH", "KE", "ID"), ("SA", "QA", "AE", "KW", "MY")
    ):
        corridor = Corridor(origin, destination)
        for reply in (embassy(registry, corridor, TODAY), hotlines(registry, corridor, TODAY)):
            for text in render(reply, resources.catalogue, variant, "sms").texts:
                size = measure(text)
                assert size.segments <= {"GSM-7": 2, "UCS-2": 3}[size.encoding], corridor
                assert "{" not in text and "}" not in text
