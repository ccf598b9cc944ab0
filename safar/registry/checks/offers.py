"""Warning signs of offers: every sign has sentences, and no honest text raises one."""

from __future__ import annotations

from collections.abc import Iterator

from safar.registry.amounts import AmountFinder
from safar.registry.content import Content
from safar.registry.errors import Problem
from safar.registry.offers.matcher import OfferMatcher
from safar.registry.offers.schema import FLAGS, FROM_AMOUNTS
from safar.registry.offers.text import TextReader


def check_head(content: Content) -> Iterator[Problem]:
    """Every sign stands once in red_flags.yaml, with sentences and a source that exist."""
    document = content.red_flags.document
    head = content.red_flags.model
    messages = {message.id for message, _ in content.located_messages()}
    sources = {source.id for source, _ in content.located_sources()}
    seen: set[str] = set()
    for index, flag in enumerate(head.flags):
        loc = ("flags", index)
        if flag.id in seen:
            yield document.problem(loc, f'the sign "{flag.id}" stands twice', "keep one of the two")
        seen.add(flag.id)
        for key in ("meaning", "why", "do"):
            if (message := getattr(flag, key)) not in messages:
                yield document.problem(
                    (*loc, key),
                    f'the message "{message}" does not exist',
                    "add it to a file in messages/ or write the id of one that is there",
                )
        if flag.source not in sources:
            yield document.problem(
                (*loc, "source"),
                f'the source "{flag.source}" does not exist',
                "add it to a file in sources/ or write the id of one that is there",
            )
    for missing in FLAGS:
        if missing not in seen:
            yield document.problem(("flags",), f'the sign "{missing}" is missing', "add it")
    if "other" not in head.pay.ceilings:
        yield document.problem(
            ("pay", "ceilings"), "there is no ceiling for other countries", "add `other`"
        )


def check_words(content: Content) -> Iterator[Problem]:
    """Files are named for a variant, every sign has words, and honest texts raise none."""
    head = content.red_flags.model
    reader = TextReader(AmountFinder(content.money.model), head.contacts)
    tags = content.languages.tags
    for file in content.red_flag_words:
        words, document = file.model, file.document
        if words.variant != file.stem:
            yield document.problem(
                ("variant",),
                f'variant "{words.variant}" does not fit the name of the file',
                f"rename the file to {words.variant}.yaml or mend variant",
            )
        if words.variant not in tags:
            yield document.problem(
                ("variant",),
                f'the variant "{words.variant}" is not in languages.yaml',
                f"write one of {', '.join(tags)}",
            )
        for flag in FLAGS:
            found = words.flags.get(flag)
            if flag not in FROM_AMOUNTS and (found is None or not found.find):
                yield document.problem(
                    ("flags", flag), f'the sign "{flag}" has no words', "add patterns to `find`"
                )
        matcher = OfferMatcher(head, [words])
        for index, text in enumerate(words.honest):
            for hit in matcher.hits(reader.read(text))[:1]:
                yield document.problem(
                    ("honest", index),
                    f'the honest text "{text}" raises {hit.flag}',
                    "make its pattern more exact, or add one to `unless`",
                )
