"""What an answer states, whom it names in doubt, and where each sentence comes from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from content_tree import FILES, changed

from safar.answers.compose import compose_topic, no_answer
from safar.messaging.reply import Reply
from safar.phrasing.values import Money, Phrase
from safar.registry.query import Registry

Small = Callable[..., Registry]
FEES = "topics/fees.yaml"
NEPAL = "countries/NP.yaml"
QATAR = "countries/QA.yaml"
PASSPORT = "confidence: high\nhotlines"
SECOND_DOUBT = """\
  - id: passport
    kinds: [passport_law]
    of: destination
    ask: labour
"""
THIRD_DOUBT = """\
  - id: cap_again
    kinds: [fee_cap]
    of: origin
    corridor: true
    message: {id: topic.fees.again, text: "Once more: {amount}."}
    ask: recruitment
"""
LAST = "  - id: receipt\n"


def fees(
    registry: Registry,
    today: date,
    origin: str | None = "NP",
    destination: str | None = "QA",
) -> Reply:
    return compose_topic(registry, "fees", origin=origin, destination=destination, today=today)


def ids(reply: Reply) -> list[str]:
    return [part.id for part in reply.parts]


def amounts(reply: Reply) -> list[str]:
    return [
        str(value.amount)
        for part in reply.parts
        for value in part.values.values()
        if isinstance(value, Money)
    ]


def doubtful(text: str) -> str:
    return text.replace("confidence: medium", "confidence: low")


def disputed(text: str) -> str:
    return text.replace("confidence: medium", "confidence: high\n    disputed: true")


def past(text: str) -> str:
    return text.replace("review_by: 2027-06-30", "review_by: 2026-11-22")


WAYS = {"low confidence": doubtful, "disputed": disputed, "past its review": past}


def test_an_answer_has_its_parts_in_the_order_of_the_topic(small: Small, today: date) -> None:
    reply = fees(small(), today)
    assert ids(reply) == [
        "topic.fees.cap",
        "fact.qa-passport",
        "hotline.line",
        "topic.fees.receipt",
    ]
    assert [option.id for option in reply.options] == ["ask_wages", "talk_to_person"]
    assert not reply.urgent


@pytest.mark.parametrize("way", WAYS)
def test_a_doubtful_fact_is_not_stated_and_who_knows_is_named(
    small: Small, today: date, way: str
) -> None:
    spoilt = WAYS[way](FILES[NEPAL])
    assert spoilt != FILES[NEPAL]
    reply = fees(small({NEPAL: spoilt}), today)
    assert amounts(reply) == []
    assert "np-rule-2015" not in [source.id for source in reply.sources]
    doubt = reply.parts[0]
    assert doubt.id == "answer.doubt"
    assert {name: value.text for name, value in doubt.values.items()} == {  # type: ignore[union-attr]
        "authority": "DoFE",
        "website": "dofe.example",
    }


def test_the_last_day_of_review_still_counts(small: Small) -> None:
    registry = small()
    assert amounts(fees(registry, date(2027, 6, 30))) == ["10000"]
    assert amounts(fees(registry, date(2027, 7, 1))) == []


def test_an_authority_without_a_website_gets_the_sentence_without_one(
    small: Small, today: date
) -> None:
    low = changed(QATAR, PASSPORT, PASSPORT.replace("high", "low"))
    reply = fees(
        small(
            {
                **low,
                **changed(
                    FEES,
                    "  - id: passport\n    kinds: [passport_law]\n    of: destination\n",
                    SECOND_DOUBT,
                ),
            }
        ),
        today,
    )
    assert ids(reply)[:2] == ["topic.fees.cap", "answer.doubt_no_site"]
    assert set(reply.parts[1].values) == {"authority"}


def test_doubt_is_told_once_however_many_facts_are_doubtful(small: Small, today: date) -> None:
    asking = FILES[FEES].replace(
        "  - id: passport\n    kinds: [passport_law]\n    of: destination\n",
        SECOND_DOUBT + THIRD_DOUBT,
    )
    low = changed(QATAR, PASSPORT, PASSPORT.replace("high", "low"))
    registry = small({NEPAL: doubtful(FILES[NEPAL]), **low, FEES: asking})
    assert ids(fees(registry, today)) == ["answer.doubt", "hotline.line", "topic.fees.receipt"]
    # The one of the first that asks; where that country is unknown, of the next.
    abroad = fees(registry, today, origin=None)
    assert ids(abroad)[0] == "answer.doubt_no_site"


def test_a_doubtful_fact_that_asks_nobody_is_passed_over(small: Small, today: date) -> None:
    registry = small(changed(FEES, "    ask: recruitment\n", "") | {NEPAL: past(FILES[NEPAL])})
    assert ids(fees(registry, today)) == ["fact.qa-passport", "hotline.line", "topic.fees.receipt"]


def test_without_any_fact_to_state_the_other_sentence_is_said(small: Small, today: date) -> None:
    other = '    otherwise: {id: topic.fees.unknown, text: "No checked fee in {origin}."}\n'
    registry = small(
        changed(FEES, "    ask: recruitment\n", other) | {NEPAL: doubtful(FILES[NEPAL])}
    )
    assert ids(fees(registry, today))[0] == "topic.fees.unknown"
    assert ids(fees(registry, today, origin=None))[0] != "topic.fees.unknown"


CORRIDORS = {
    "its own destination": ("QA", ["10000"]),
    "another destination": ("MY", ["12000"]),
    "no destination known": (None, ["12000"]),
}


@pytest.mark.parametrize("name", CORRIDORS)
def test_a_fact_of_a_corridor_is_only_for_that_corridor(
    small: Small, today: date, name: str
) -> None:
    destination, expected = CORRIDORS[name]
    # With the general fact for domestic work in, too: `only: first` still states one.
    assert amounts(fees(small(), today, destination=destination)) == expected


@pytest.mark.parametrize(
    ("destination", "expected"),
    [("QA", ["10000", "12000", "0"]), ("MY", ["12000", "0"]), (None, ["12000", "0"])],
)
def test_only_all_states_each_fact_that_holds(
    small: Small, today: date, destination: str | None, expected: list[str]
) -> None:
    registry = small(changed(FEES, "    corridor: true\n", "    corridor: true\n    only: all\n"))
    assert amounts(fees(registry, today, destination=destination)) == expected


def test_a_corridor_fact_in_doubt_gives_way_to_a_general_one_that_is_sure(
    small: Small, today: date
) -> None:
    changes = changed(
        NEPAL, "    destinations: [QA]\n", "    destinations: [QA]\n    disputed: true\n"
    )
    assert amounts(fees(small(changes), today)) == ["12000"]


def test_a_source_belongs_to_the_part_that_states_it_and_is_named_once(
    small: Small, today: date
) -> None:
    receipt = "  - id: advice\n    message: {id: topic.fees.advice, text: Ask for a paper.}\n"
    again = THIRD_DOUBT.replace("    ask: recruitment\n", "    only: all\n")
    text = FILES[FEES].replace("  - id: cap\n", f"{receipt}  - id: cap\n")
    reply = fees(small({FEES: text.replace(LAST, again + LAST)}), today)
    assert ids(reply).count("topic.fees.again") == 3  # the same source, three times more
    assert [
        (source.id, source.title, source.as_of, reply.parts[source.part or 0].id)
        for source in reply.sources
    ] == [
        ("np-rule-2015", "Nepal rule 2015", "2015-06", "topic.fees.cap"),
        ("qa-law", "Qatar law", "2020", "fact.qa-passport"),
    ]


@pytest.mark.parametrize(
    ("origin", "destination"),
    [("ZW", "AQ"), (None, None), ("ZW", None), (None, "AQ")],
)
def test_of_unknown_countries_nothing_is_stated(
    small: Small, today: date, origin: str | None, destination: str | None
) -> None:
    reply = fees(small(), today, origin, destination)
    told = ["answer.everywhere"] if destination else []
    assert ids(reply) == [*told, "topic.fees.receipt"]
    assert reply.sources == []
    only_facts = FILES[FEES].replace(
        "  - id: receipt\n    message: {id: topic.fees.receipt, text: Ask for a receipt.}\n", ""
    )
    assert only_facts != FILES[FEES]
    bare = fees(small({FEES: only_facts}), today, origin, destination)
    assert bare.parts == [Phrase(id="answer.no_content_anywhere")]
    assert bare.options == reply.options


@pytest.mark.parametrize(
    ("country", "message", "authority"),
    [
        ("NP", "answer.no_content", "DoFE"),
        ("QA", "answer.no_content_no_site", "Ministry of Labour"),
    ],
)
def test_no_answer_names_who_knows(
    small: Small, country: str, message: str, authority: str
) -> None:
    phrase = no_answer(small(), country)
    assert phrase.id == message
    assert phrase.values["authority"].text == authority  # type: ignore[union-attr]


def test_a_sentence_waits_until_its_country_is_known(small: Small, today: date) -> None:
    registry = small(changed(FEES, "text: Ask for a receipt.", 'text: "Ask in {destination}."'))
    assert ids(fees(registry, today))[-1] == "topic.fees.receipt"
    assert "topic.fees.receipt" not in ids(fees(registry, today, destination=None))


def test_a_number_in_doubt_is_not_given(small: Small, today: date) -> None:
    assert "hotline.line" in ids(fees(small(), today))
    spoilt = FILES[QATAR].replace("confidence: medium", "confidence: low")
    assert "hotline.line" not in ids(fees(small({QATAR: spoilt}), today))


def test_a_topic_that_does_not_exist_is_a_sentence(small: Small, today: date) -> None:
    with pytest.raises(LookupError, match="no topic 'fares'"):
        compose_topic(small(), "fares", origin="NP", destination=None, today=today)
