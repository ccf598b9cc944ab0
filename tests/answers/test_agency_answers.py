"""What is said of an agency: what a register of a date holds, never that it is safe."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from content_tree import FILES, changed

from safar.answers.agency import check_agency
from safar.answers.resources import Resources
from safar.messaging.reply import Reply
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
    "two that look alike are both told of": ("Himal Star", [STAR, LIGHT]),
    "a name misspelt at its end": ("Himal Starlite", []),
    "a name misspelt at its start": ("Hymal Starlight", []),
    "a word of every agency": ("manpower overseas agency", []),
    "a number of nobody": ("EX-999", []),
    "no word at all": ("?!", []),
    "nothing": ("", []),
}


@pytest.mark.parametrize("name", ASKED)
def test_what_is_found(small: Small, today: date, name: str) -> None:
    text, expected = ASKED[name]
    reply = check_agency(small(REAL), text, "NP", today)
    assert sorted(said(reply)) == sorted(expected)
    assert ("agency.not_found" in [part.id for part in reply.parts]) is (not expected)


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
    assert [part.id for part in reply.parts][:2] == ["agency.undated", "agency.sample_warning"]


def test_made_up_rows_are_called_so_once(small: Small, today: date) -> None:
    reply = check_agency(small(), "Himal Star", "NP", today)
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
    assert [part.id for part in reply.parts][-2:] == [checker, "agency.job_order"]
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
    "EX-101/081": "agency.valid",
    "EX-103/080": "agency.suspended",
    "EX-104/079": "agency.cancelled",
    "EX-105/078": "agency.expired",
    "EX-777/078": "agency.not_found",
}


@pytest.mark.parametrize("number", STATUSES)
def test_no_variant_calls_an_agency_safe(resources: Resources, number: str) -> None:
    reply = check_agency(resources.registry(), number, "NP", date(2026, 11, 24))
    assert reply.parts[0].id == STATUSES[number]
    texts = {v: [resources.catalogue.phrase(p, v) for p in reply.parts] for v in VARIANTS}
    for variant, lines in texts.items():
        assert all(lines), variant
        assert not [t for t in lines if "{" in t or "}" in t], variant
    words = " ".join(texts["en"]).casefold()
    assert not [w for w in ("safe", "trust", "genuine", "good", "recommend") if w in words]
    warned = "Do not pay" in " ".join(texts["en"])
    assert warned is (STATUSES[number] != "agency.valid")
