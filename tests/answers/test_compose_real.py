"""Every answer of the real content: it composes, has words in nine variants, states no doubt."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from safar.answers.compose import INTERNATIONAL, compose_topic
from safar.answers.resources import Resources
from safar.messaging.render import render
from safar.messaging.reply import Reply
from safar.messaging.segments import measure
from safar.phrasing.values import Phrase
from safar.registry.schema import Fact
from tests.variants import SERVED

VARIANTS = SERVED
ORIGINS = ("NP", "BD", "IN", "PH", "KE", "ID", None)
DESTINATIONS = ("SA", "QA", "AE", "KW", "MY", None)
TODAY = date(2026, 11, 24)
MOST_SEGMENTS = {"GSM-7": 2, "UCS-2": 3}
Case = tuple[str, str | None, str | None]


@pytest.fixture(scope="module")
def replies(resources: Resources) -> dict[Case, Reply]:
    return composed(resources, TODAY)


def composed(resources: Resources, today: date) -> dict[Case, Reply]:
    registry = resources.registry()
    topics = [topic.id for topic in registry.topics()]
    return {
        (topic, origin, destination): compose_topic(
            registry, topic, origin=origin, destination=destination, today=today
        )
        for topic, origin, destination in product(topics, ORIGINS, DESTINATIONS)
    }


def distinct(replies: dict[Case, Reply]) -> dict[Case, Reply]:
    """One case for each different reply."""
    return {
        case: reply
        for case, reply in {r.model_dump_json(): (c, r) for c, r in replies.items()}.values()
    }


def facts(resources: Resources) -> list[tuple[str, Fact]]:
    registry = resources.registry()
    kinds = {k for topic in registry.topics() for block in topic.blocks for k in block.kinds}
    return [
        (country.code, fact)
        for country in registry.countries()
        for fact in registry.facts(country.code, kinds)
    ]


def sentences(resources: Resources, fact: Fact) -> set[str]:
    """Ids of the messages that would state `fact`."""
    if fact.sentence is not None:
        return {fact.sentence.id}
    blocks = (block for topic in resources.registry().topics() for block in topic.blocks)
    return {b.message.id for b in blocks if fact.kind in b.kinds and b.message is not None}


def stating(
    resources: Resources, replies: dict[Case, Reply], country: str, fact: Fact
) -> list[Case]:
    """Cases whose answer says what `fact` says, of its country."""
    ids = sentences(resources, fact)
    return [
        case
        for case, reply in replies.items()
        if country in (*case[1:], INTERNATIONAL)
        for part in reply.parts
        if part.id in ids and fact.values.items() <= part.values.items()
    ]


def test_every_topic_answers_every_corridor(
    resources: Resources, replies: dict[Case, Reply]
) -> None:
    assert len(resources.registry().topics()) >= 12
    for case, reply in replies.items():
        assert reply.parts, case
        assert len({part.model_dump_json() for part in reply.parts}) == len(reply.parts), case
        assert len({source.id for source in reply.sources}) == len(reply.sources), case
        for source in reply.sources:
            assert source.part is not None and source.part < len(reply.parts), case


def test_every_phrase_has_words_in_every_variant(
    resources: Resources, replies: dict[Case, Reply]
) -> None:
    phrases: dict[str, Phrase] = {}
    for reply in replies.values():
        for phrase in (*reply.parts, *(option.title for option in reply.options)):
            phrases[phrase.model_dump_json()] = phrase
    assert len(phrases) > 100
    bad = [
        (phrase.id, variant, text)
        for phrase in phrases.values()
        for variant in VARIANTS
        if not (text := resources.catalogue.phrase(phrase, variant)).strip()
        or "{" in text
        or "}" in text
    ]
    assert bad == []


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_sms_page_is_within_its_segments(
    resources: Resources, replies: dict[Case, Reply], variant: str
) -> None:
    too_long = {}
    for case, reply in distinct(replies).items():
        rendered = render(reply, resources.catalogue, variant, "sms")
        assert len(rendered.texts) == 1, case
        for number, page in enumerate([*rendered.texts, *rendered.rest]):
            size = measure(page)
            if size.segments > MOST_SEGMENTS[size.encoding]:
                too_long[case, number] = size
    assert too_long == {}


def test_no_doubtful_fact_is_stated(resources: Resources, replies: dict[Case, Reply]) -> None:
    known = facts(resources)
    sure = {
        (country, fact.kind, repr(sorted(fact.values.items())), fact.sentence)
        for country, fact in known
        if fact.stated(TODAY)
    }
    doubtful = [
        (country, fact)
        for country, fact in known
        if not fact.stated(TODAY)
        and (country, fact.kind, repr(sorted(fact.values.items())), fact.sentence) not in sure
    ]
    assert doubtful, "no fact of the content is in doubt: this test would prove nothing"
    assert {
        fact.id: cases
        for country, fact in doubtful
        if (cases := stating(resources, replies, country, fact))
    } == {}
    # The same search finds facts that are stated: it is no search for nothing.
    found = [fact.id for country, fact in known if stating(resources, replies, country, fact)]
    assert "qa-passport-fine" in found
    assert len(found) > 300


def test_what_is_stated_comes_with_its_source(
    resources: Resources, replies: dict[Case, Reply]
) -> None:
    checked = 0
    for country, fact in facts(resources):
        if fact.sentence is None or not fact.stated(TODAY):
            continue  # a sentence of its own says whose it is, so its source is beyond question
        for case in stating(resources, replies, country, fact):
            checked += 1
            assert fact.source in {source.id for source in replies[case].sources}, (fact.id, case)
    assert checked


def test_a_fact_of_a_corridor_is_said_in_that_corridor_only(
    resources: Resources, replies: dict[Case, Reply]
) -> None:
    narrow = [(c, f) for c, f in facts(resources) if f.destinations and f.sentence is not None]
    assert narrow, "no fact with a sentence of its own names its destinations"
    for country, fact in narrow:
        said = {case[2] for case in stating(resources, replies, country, fact)}
        assert said <= set(fact.destinations), fact.id


def test_when_every_review_is_past_nothing_is_stated(resources: Resources) -> None:
    late = composed(resources, date(2100, 1, 1))
    own = {f.sentence.id for _, f in facts(resources) if f.sentence is not None}
    for case, reply in late.items():
        ids = {part.id for part in reply.parts}
        assert ids, case
        assert reply.sources == [], case
        assert "hotline.line" not in ids, case
        assert not ids & own, case
    doubt = {"answer.doubt", "answer.doubt_no_site"}
    told = {c[2] for c, r in late.items() if doubt & {part.id for part in r.parts}}
    assert told >= {"SA", "QA", "AE"}
