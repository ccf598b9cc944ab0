"""What is said of an agency: what a register of a date holds, never that it is safe."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from content_tree import FILES, changed

from safar.answers.agency import check_agency
from safar.answers.resources import Resources
from safar.messaging.reply import Reply
from safar.phrasing.values import Items, Phrase, Text
from safar.registry.query import Registry
from tests.variants import SERVED

Small = Callable[..., Registry]
AGENCIES, NEPAL = "agencies/NP.yaml", "countries/NP.yaml"

VARIANTS = SERVED
REAL = changed(AGENCIES, "sample: true", "sample: false")
CHECKER = changed(
    NEPAL,
    "authorities:\n",
    "authorities:\n  agency_check: {id: np-check, name: Licence desk, website: check.example,"
    " source: np-rule-2015}\n",
)
CHECKER_NO_SITE = changed(
    NEPAL,
    "authorities:\n",
    "authorities:\n  agency_check: {id: np-check, name: Licence desk, source: np-rule-2015}\n",
)
TAIL = ["agency.ask_authority", "agency.job_order"]


def said(reply: Reply) -> list[tuple[str, str]]:
    """Status and name of each agency told of."""
    return [
        (part.id, part.values["name"].text)  # type: ignore[union-attr]
        for part in reply.parts
        if "name" in part.values
    ]


def ids(reply: Reply) -> list[str]:
    return [part.id for part in reply.parts]


def names(part: Phrase, value: str = "names") -> list[str]:
    items = part.values[value]
    assert isinstance(items, Items)
    return [item.text for item in items.items if isinstance(item, Text)]


STAR = ("agency.valid", "Himal Star Manpower Pvt. Ltd.")
LIGHT = ("agency.cancelled", "Himal Starlight")
OVERSEAS = ("agency.suspended", "हिमाल ओभरसिज")
ASKED = {
    "the whole name": ("Himal Star Manpower Pvt. Ltd.", [STAR]),
    "the name in a sentence": ("is himal star manpower good? they want 2 lakh", [STAR]),
    "the number": ("0101/081", [STAR]),
    "the number in a sentence, written otherwise": ("licence 101-081 ok?", [STAR]),
    "the number in Nepali digits": ("१०१/०८१", [STAR]),
    "the number of a suspended one": ("ex 102", [OVERSEAS]),
    "a name in its own script": ("हिमाल ओभरसिज ठीक छ?", [OVERSEAS]),
    "a cancelled one": ("Himal Starlight", [LIGHT]),
    "a word of every agency": ("manpower overseas agency", []),
    "no word at all": ("?!", []),
    "nothing": ("", []),
}


@pytest.mark.parametrize("name", ASKED)
def test_what_is_found(small: Small, today: date, name: str) -> None:
    text, expected = ASKED[name]
    reply = check_agency(small(REAL), text, "NP", today)
    assert sorted(said(reply)) == sorted(expected)
    assert ("agency.not_found" in [part.id for part in reply.parts]) is (not expected)


NEAR = {
    "two that look alike": ("Himal Star", [STAR, LIGHT]),
    "a name misspelt at its end": ("Himal Starlite", [LIGHT]),
    "a name misspelt at its start": ("Hymal Starlight", [LIGHT]),
    "a longer name": ("Himal Starlight Brothers Overseas", [LIGHT]),
}


@pytest.mark.parametrize("name", NEAR)
def test_a_near_name_is_called_alike_and_has_no_status(
    small: Small, today: date, name: str
) -> None:
    text, expected = NEAR[name]
    reply = check_agency(small(REAL), text, "NP", today)
    assert said(reply) == []
    assert ids(reply) == ["agency.alike", *TAIL]
    assert set(names(reply.parts[0])) >= {agency for _, agency in expected}


def test_names_that_look_alike_are_told_beside_the_one_found(small: Small, today: date) -> None:
    reply = check_agency(small(REAL), "Himal Starlight", "NP", today)
    assert ids(reply) == ["agency.cancelled", "agency.look_alike", *TAIL]
    assert names(reply.parts[1]) == ["Himal Star Manpower Pvt. Ltd."]


TWINS = (
    changed(AGENCIES, "sample: true", "sample: false")[AGENCIES]
    + "  - {licence_number: EX-104, name: Himal Starlight, status: valid}\n"
)  # type: ignore[operator]


def test_of_several_with_the_same_name_the_number_is_asked_for(small: Small, today: date) -> None:
    registry = small({AGENCIES: TWINS})
    reply = check_agency(registry, "Himal Starlight", "NP", today)
    assert ids(reply) == ["agency.several", *TAIL]
    assert names(reply.parts[0], "numbers") == ["EX-103", "EX-104"]
    assert said(check_agency(registry, "Himal Starlight EX-104", "NP", today)) == [
        ("agency.valid", "Himal Starlight")
    ]


def test_the_number_of_another_agency_is_a_warning(small: Small, today: date) -> None:
    reply = check_agency(small(REAL), "Himal Star Manpower, licence EX-103", "NP", today)
    assert ids(reply) == ["agency.number_of_other", "agency.cancelled", *TAIL]
    assert said(reply)[0][1] == "Himal Starlight"
    right = check_agency(small(REAL), "Himal Starlight, licence EX-103", "NP", today)
    assert "agency.number_of_other" not in ids(right)


def test_a_number_of_nobody_is_told_with_the_date_of_the_list(small: Small, today: date) -> None:
    reply = check_agency(small(REAL), "EX-999", "NP", today)
    assert ids(reply) == ["agency.number_unknown", *TAIL]
    values = reply.parts[0].values
    assert values["licence"].text == "EX-999"  # type: ignore[union-attr]
    assert values["date"].value == "2026-11-01"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "changes",
    [None, changed(AGENCIES, "review_by: 2027-06-30", "review_by: 2026-11-22")],
    ids=["no list at all", "only an old list"],
)
def test_without_a_current_list_it_is_said_that_there_is_none(
    small: Small, today: date, changes: dict[str, str | bytes] | None
) -> None:
    origin = "NP" if changes else "QA"
    reply = check_agency(small(changes or {}), "EX-999 Nobody Knows", origin, today)
    assert ids(reply) == ["agency.no_list", *TAIL]
    assert "agency.not_found" in ids(check_agency(small(changes), "Nobody Knows", None, today))


def test_a_list_of_samples_says_so_even_of_nobody(small: Small, today: date) -> None:
    for text in ("Nobody Knows", "EX-999", "Hymal Starlight"):
        assert ids(check_agency(small(), text, "NP", today))[0] == "agency.sample_warning"


FACTS = changed(
    NEPAL,
    "hotlines: []",
    """\
  - id: np-checker
    kind: agency_checker
    values: {phone: {kind: phone, value: "1234"}}
    sentence: {id: fact.np-checker, text: "Call {phone}."}
    source: np-rule-2015
    as_of: 2026-01
    review_by: 2027-06-30
    confidence: medium
  - id: np-order
    kind: job_order
    sentence: {id: fact.np-order, text: "Ask for the lot number of {origin}."}
    source: np-rule-2015
    as_of: 2026-01
    review_by: 2027-06-30
    confidence: medium
hotlines: []""",
)


def test_a_country_says_itself_how_to_check_and_what_to_ask_for(small: Small, today: date) -> None:
    reply = check_agency(small({**FACTS, **REAL}), "Himal Starlight", "NP", today)
    assert ids(reply)[-2:] == ["fact.np-checker", "fact.np-order"]
    assert {"phone", "origin"} <= set(reply.parts[-2].values)
    assert [source.id for source in reply.sources] == ["made-up", "np-rule-2015"]


@pytest.mark.parametrize("kind", ["np-checker", "np-order"])
def test_a_rule_past_its_review_is_not_stated(small: Small, today: date, kind: str) -> None:
    text = str(FACTS[NEPAL])
    before, after = text.split(f"id: {kind}")
    spoilt = {NEPAL: f"{before}id: {kind}{after.replace('2027-06-30', '2026-11-22', 1)}"}
    reply = check_agency(small(spoilt), "Himal Starlight", "NP", today)
    assert f"fact.{kind}" not in ids(reply)
    assert (TAIL[0] if kind == "np-checker" else TAIL[1]) in ids(reply)


def test_a_register_tells_its_date_and_its_source(small: Small, today: date) -> None:
    reply = check_agency(small(REAL), "EX-102", "NP", today)
    assert [part.id for part in reply.parts] == ["agency.suspended", *TAIL]
    values = reply.parts[0].values
    assert {name: getattr(value, "text", None) for name, value in values.items()} == {
        "name": "हिमाल ओभरसिज",
        "licence": "EX-102",
        "authority": "DoFE",
        "date": None,
    }
    assert values["date"].value == "2026-11-01"  # type: ignore[union-attr]
    assert [(s.id, s.as_of) for s in reply.sources] == [("made-up", "2026-11-01")]


def test_a_list_without_a_date_gives_no_status(small: Small, today: date) -> None:
    undated = FILES[AGENCIES].replace("as_of: 2026-11-01", "as_of: null")
    reply = check_agency(small({AGENCIES: undated}), "0101/081", "NP", today)
    assert [part.id for part in reply.parts][:2] == ["agency.sample_warning", "agency.undated"]


def test_made_up_rows_are_called_so_once(small: Small, today: date) -> None:
    twins = TWINS.replace("sample: false", "sample: true").replace("EX-104", "EX-103")
    reply = check_agency(small({AGENCIES: twins}), "EX-103", "NP", today)
    assert [part.id for part in reply.parts].count("agency.sample_warning") == 1
    assert len(said(reply)) == 2
    assert len(reply.sources) == 1


@pytest.mark.parametrize("text", ["Himal Starlight", "Nobody Knows Us Overseas"])
@pytest.mark.parametrize(
    ("changes", "origin", "checker"),
    [
        (CHECKER, "NP", "agency.check_here"),
        (CHECKER_NO_SITE, "NP", "agency.check_here_no_site"),
        (CHECKER, None, "agency.ask_authority"),
        (CHECKER, "KE", "agency.ask_authority"),
        ({}, "NP", "agency.ask_authority"),
    ],
    ids=["site", "no site", "origin unknown", "country unknown", "no checker"],
)
def test_the_official_checker_is_named_whether_found_or_not(
    small: Small,
    today: date,
    text: str,
    changes: dict[str, str | bytes],
    origin: str | None,
    checker: str,
) -> None:
    reply = check_agency(small(changes), text, origin, today)
    assert ids(reply)[-2:] == [checker, "agency.job_order"]
    if checker.startswith("agency.check_here"):
        assert reply.parts[-2].values["authority"].text == "Licence desk"  # type: ignore[union-attr]
    assert [option.id for option in reply.options] == ["ask_recruitment_fees", "ask_complaint"]


def test_an_agency_of_another_country_is_not_ones_own(small: Small, today: date) -> None:
    assert said(check_agency(small(REAL), "Himal Starlight", "BD", today)) == []
    assert said(check_agency(small(REAL), "Himal Starlight", None, today)) == [LIGHT]


DOUBTFUL = {
    "the register is past its review": ("review_by: 2027-06-30", "review_by: 2026-11-22"),
    "the register is of low confidence": ("confidence: medium", "confidence: low"),
    "the licence is past its last day": (
        "Pvt. Ltd., status: valid",
        "Pvt. Ltd., status: valid, valid_until: 2026-11-22",
    ),
}


@pytest.mark.parametrize("name", DOUBTFUL)
def test_a_licence_in_doubt_is_not_called_valid(small: Small, today: date, name: str) -> None:
    spoilt = changed(AGENCIES, *DOUBTFUL[name])
    reply = check_agency(small(spoilt), "0101/081", "NP", today)
    assert "agency.valid" not in [part.id for part in reply.parts]


def test_a_name_that_shares_one_word_is_not_answered_as_that_agency(
    small: Small, today: date
) -> None:
    registry = small(changed(AGENCIES, "Himal Star Manpower", "Sagarmatha Star Manpower"))
    reply = check_agency(registry, "Sagarmatha Brothers Overseas", "NP", today)
    assert reply.parts[0].id != "agency.valid"


STATUSES = {
    "EX-101/081": "agency.valid_until",
    "EX-103/080": "agency.suspended_since",
    "EX-104/079": "agency.cancelled",
    "EX-105/078": "agency.expired_on",
    "EX-777/078": "agency.number_unknown",
}


@pytest.mark.parametrize("number", STATUSES)
def test_no_variant_calls_an_agency_safe(resources: Resources, number: str) -> None:
    reply = check_agency(resources.registry(), number, "NP", date(2026, 11, 24))
    assert [part.id for part in reply.parts][:2] == ["agency.sample_warning", STATUSES[number]]
    texts = {v: [resources.catalogue.phrase(p, v) for p in reply.parts] for v in VARIANTS}
    for variant, lines in texts.items():
        assert all(lines), variant
        assert not [t for t in lines if "{" in t or "}" in t], variant
    words = " ".join(texts["en"]).casefold()
    assert not [w for w in ("safe", "trust", "genuine", "good", "recommend") if w in words]
    warned = "Do not pay" in " ".join(texts["en"])
    assert warned is (STATUSES[number] != "agency.valid_until")


LINES = {
    "with its last day": ("valid, valid_until: 2027-01-31", "agency.valid_until", ["until"]),
    "on its last day": ("valid, valid_until: 2026-11-23", "agency.valid_until", ["until"]),
    "past its last day": ("valid, valid_until: 2026-11-22", "agency.expired_on", ["until"]),
    "expired, of a day": ("expired, valid_until: 2026-01-01", "agency.expired_on", ["until"]),
    "expired": ("expired", "agency.expired", []),
    "not told": ("unknown", "agency.unknown", []),
    "not told, past its day": ("unknown, valid_until: 2026-01-01", "agency.expired_on", ["until"]),
    "suspended since": (
        "suspended, suspended_since: 2026-05-01",
        "agency.suspended_since",
        ["since"],
    ),
    "suspended, past its day": ("suspended, valid_until: 2026-01-01", "agency.suspended", []),
    "gone": ("valid, gone_since: 2026-10-01", "agency.gone", ["since"]),
}


@pytest.mark.parametrize("name", LINES)
def test_what_is_said_of_a_row(small: Small, today: date, name: str) -> None:
    row, said_as, dates = LINES[name]
    changes = changed(
        AGENCIES, "name: Himal Starlight, status: cancelled", f"name: X Y, status: {row}"
    )
    reply = check_agency(small(changes), "EX-103", "NP", today)
    part = reply.parts[1]
    assert part.id == said_as
    expected = {"name", "licence", "authority", "date", *dates}
    assert set(part.values) == expected - ({"date"} if said_as == "agency.gone" else set())


NO_NUMBER = {
    "valid": ("valid", "2027-06-30", "agency.listed"),
    "not told": ("unknown", "2027-06-30", "agency.listed"),
    "suspended": ("suspended", "2027-06-30", "agency.listed_bad"),
    "past its day": ("valid, valid_until: 2026-01-01", "2027-06-30", "agency.listed_bad"),
    "gone": ("valid, gone_since: 2026-10-01", "2027-06-30", "agency.listed_gone"),
    "too old": ("valid", "2026-11-22", "agency.listed_old"),
    "suspended, too old": ("suspended", "2026-11-22", "agency.listed_bad"),
}


@pytest.mark.parametrize("name", NO_NUMBER)
def test_a_list_without_numbers_never_calls_anybody_valid(
    small: Small, today: date, name: str
) -> None:
    row, review_by, said_as = NO_NUMBER[name]
    text = FILES[AGENCIES].replace("2027-06-30", review_by)
    rows = f"  - {{licence_number: null, name: Dolma Treks, status: {row}}}\n"
    reply = check_agency(small({AGENCIES: text + rows}), "Dolma Treks", "NP", today)
    assert said_as in ids(reply)
    assert "licence" not in reply.parts[1].values


AGES = {
    "59 days": ("2026-09-25", None),
    "two months": ("2026-09-23", 2),
    "a month of which the last day counts": ("2026-09", None),
    "a year": ("2025-11-20", 12),
}


@pytest.mark.parametrize("name", AGES)
def test_an_old_list_tells_its_age(small: Small, today: date, name: str) -> None:
    as_of, months = AGES[name]
    reply = check_agency(small(changed(AGENCIES, "2026-11-01", as_of)), "EX-103", "NP", today)
    counts = [part.count for part in reply.parts if part.id == "agency.list_age"]
    assert counts == ([months] if months else [])


def test_an_ended_licence_is_ended_however_old_the_list(small: Small, today: date) -> None:
    text = FILES[AGENCIES].replace("2027-06-30", "2026-11-22")
    text = text.replace("status: cancelled", "status: valid, valid_until: 2026-01-01")
    reply = check_agency(small({AGENCIES: text}), "EX-103", "NP", today)
    assert "agency.expired_on" in ids(reply)
