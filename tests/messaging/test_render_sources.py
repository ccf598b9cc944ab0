"""Each source stands with what it is the source of, and never below what it does not say."""

from collections.abc import Callable

import pytest

from safar.messaging.render import Channel, Words, render
from safar.messaging.reply import Reply, SourceRef
from safar.phrasing.values import Phrase

Say = Callable[..., Phrase]
LAW = "Source: Labour law"
NEWS = "Source: News"
DOUBT, FACT, ADVICE = "We are not sure.", "The employer pays.", "Ask for a receipt."
LONG = "The employer pays. " * 20


def sources(law: int | None = None, news: int | None = None) -> list[SourceRef]:
    made = []
    if law is not None:
        made.append(SourceRef(id="law", title="Labour law", part=law))
    if news is not None:
        made.append(SourceRef(id="news", title="News", part=news))
    return made


@pytest.mark.parametrize(
    ("parts", "refs", "sms", "whatsapp"),
    [
        pytest.param(
            [FACT, ADVICE],
            sources(law=0),
            [f"{FACT}\n{ADVICE}\n{LAW}"],
            [f"{FACT}\n{LAW}\n\n{ADVICE}"],
            id="of-the-first-part",
        ),
        pytest.param(
            [DOUBT, FACT],
            sources(law=1),
            [f"{DOUBT}\n{FACT}\n{LAW}"],
            [f"{DOUBT}\n\n{FACT}\n{LAW}"],
            id="of-the-second-part",
        ),
        pytest.param(
            [FACT, DOUBT, ADVICE],
            sources(law=0, news=2),
            [f"{FACT}\n{DOUBT}\n{ADVICE}\n{NEWS}\n{LAW}"],
            [f"{FACT}\n{LAW}\n\n{DOUBT}\n\n{ADVICE}\n{NEWS}"],
            id="of-two-parts",
        ),
    ],
)
def test_a_source_follows_its_part(
    catalogue: Words,
    words: Say,
    parts: list[str],
    refs: list[SourceRef],
    sms: list[str],
    whatsapp: list[str],
) -> None:
    reply = Reply(parts=[words(part) for part in parts], sources=refs)
    assert render(reply, catalogue, "en", "sms").texts == sms
    assert render(reply, catalogue, "en", "whatsapp").texts == whatsapp


@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
def test_a_doubt_is_never_given_the_source_of_a_later_page(
    catalogue: Words, words: Say, channel: Channel
) -> None:
    parts = [DOUBT, *[f"{LONG}{number}" for number in range(6)]]
    reply = Reply(parts=[words(part) for part in parts], sources=sources(law=6))
    shown = render(reply, catalogue, "en", channel)
    pages = [*shown.texts, *shown.rest]
    assert len(pages) > 1
    assert LAW not in pages[0]
    assert sum(LAW in page for page in pages) == 1


def test_a_sentence_is_not_cut_to_make_room_for_its_source(catalogue: Words, words: Say) -> None:
    fact = f"{'a' * 287}."
    reply = Reply(parts=[words(fact)], sources=sources(law=0))
    shown = render(reply, catalogue, "en", "sms")
    assert shown.texts == [f"{fact}\nSend 9 for more."]
    assert shown.rest == [LAW]
