"""Texts with `{placeholders}`: what they ask for, and filling them in one pass."""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import Formatter

from safar.phrasing.errors import TemplateError

_NAME = re.compile(r"[a-z][a-z0-9_]*")


def parse(text: str) -> list[tuple[str, str | None]]:
    """Return the literal pieces of `text`, each with the name of the placeholder after it.

    Raises:
        TemplateError: Unbalanced braces, or something other than a plain name between them.
    """
    pieces: list[tuple[str, str | None]] = []
    try:
        for literal, name, spec, conversion in Formatter().parse(text):
            if name is not None and (spec or conversion or not _NAME.fullmatch(name)):
                raise TemplateError(
                    f"{{{name}}} is no placeholder: write a plain name in lower case such as "
                    "{amount}, and {{ for a brace that is meant as such."
                )
            pieces.append((literal, name))
    except TemplateError:
        raise
    except ValueError as error:
        raise TemplateError(
            f"The braces are unbalanced ({error}): close every {{ with a }}, and write {{{{ "
            "or }} for a brace that is meant as such."
        ) from error
    return pieces


def placeholders(text: str) -> frozenset[str]:
    """Return the names of the placeholders of `text`.

    Raises:
        TemplateError: As `parse`.
    """
    return frozenset(name for _, name in parse(text) if name is not None)


def fill(text: str, words: Mapping[str, str]) -> str:
    """Return `text` with every placeholder replaced by its words.

    The words are only ever inserted: braces or per cent signs in them mean nothing.

    Raises:
        TemplateError: As `parse`.
        KeyError: A placeholder has no words.
    """
    return "".join(
        literal if name is None else literal + words[name] for literal, name in parse(text)
    )
