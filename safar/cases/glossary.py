"""content/glossary.yaml: words that workers use and officers may not know, and what they mean.

The meanings are for staff, in the languages of the console, so they stand in the file itself and
not in the catalogues of what workers are told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final

import regex
from pydantic import Field

from safar.cases.content_file import read_file
from safar.phrasing.languages import LAST_RESORT
from safar.registry.errors import ContentError, Problem
from safar.registry.names import words_of
from safar.registry.schema import Entry, Identifier
from safar.registry.yamlfile import Document

FILE: Final = "glossary.yaml"
_LONGEST_ENDING: Final = 5
"""Letters that a language may hang on a word; more would make another word of it."""
_SHORT: Final = 4
"""A shorter word must stand alone: too many others begin with its letters."""
_ARABIC_BEGINNINGS: Final = ("وال", "بال", "لل", "ال", "و", "ب", "ل")
_NO_SPACES: Final = regex.compile(r"[\p{Script=Myanmar}\p{Script=Khmer}\p{Script=Thai}]")
_WELL_FORMED: Final = regex.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?")


class Term(Entry):
    """One word.

    Attributes:
        names: The word as people write it, in any script and spelling; the first is its headword.
        meaning: What it means, by language of the console; English is there always.
    """

    id: Identifier
    names: tuple[str, ...] = Field(min_length=1)
    meaning: dict[str, str]

    def meant(self, language: str) -> tuple[str, str]:
        """Return the meaning in a language, else in English; and the language it is in."""
        tag = language if language in self.meaning else LAST_RESORT
        return self.meaning[tag], tag


class Glossary(Entry):
    """The whole file."""

    terms: tuple[Term, ...] = ()

    def find(self, text: str) -> list[Term]:
        """Return the terms that stand in a text, in the order of the file."""
        words = words_of(text)
        return [term for term in self.terms if any(_stands(n, words) for n in self._keys[term.id])]

    @cached_property
    def _keys(self) -> dict[str, list[tuple[str, ...]]]:
        return {term.id: [tuple(words_of(name)) for name in term.names] for term in self.terms}


_MAX_BYTES: Final = 500_000
_KNOWN_KEYS: Final = frozenset(name for model in (Term, Glossary) for name in model.model_fields)


def load_glossary(content_dir: Path) -> Glossary:
    """Return the glossary; an empty one where there is no such file.

    Raises:
        ContentError: with every fault of the file.
    """
    glossary, problems = _read(content_dir)
    if problems:
        raise ContentError(problems)
    return glossary or Glossary()


def check_glossary(content_dir: Path) -> tuple[Problem, ...]:
    """Return everything that is wrong with the file, in the order of its lines."""
    return tuple(sorted(_read(content_dir)[1]))


def _read(content_dir: Path) -> tuple[Glossary | None, list[Problem]]:
    return read_file(content_dir / FILE, Glossary, _MAX_BYTES, _KNOWN_KEYS, _faults)


def _faults(glossary: Glossary, document: Document) -> Iterator[Problem]:
    ids: set[str] = set()
    owner: dict[tuple[str, ...], str] = {}
    for place, term in enumerate(glossary.terms):
        here = ("terms", place)
        if term.id in ids:
            yield document.problem(
                (*here, "id"), f'the term "{term.id}" is there twice', "give it another id"
            )
        ids.add(term.id)
        for number, name in enumerate(term.names):
            key = tuple(words_of(name))
            if not key:
                yield document.problem(
                    (*here, "names", number), f'"{name}" has no letters', "write the word"
                )
            elif owner.setdefault(key, term.id) != term.id:
                yield document.problem(
                    (*here, "names", number),
                    f'"{name}" stands for "{owner[key]}" already',
                    "keep it in one of the two terms",
                )
        if not term.meaning.get(LAST_RESORT, "").strip():
            yield document.problem(
                (*here, "meaning"), "the meaning in English is missing", "add a line en: …"
            )
        for tag, meaning in term.meaning.items():
            if not _WELL_FORMED.fullmatch(tag) or not meaning.strip():
                yield document.problem(
                    (*here, "meaning", tag),
                    f'"{tag}" is no language with a meaning',
                    "write a language such as ne, and what the word means in it",
                )


def _stands(name: Sequence[str], words: Sequence[str]) -> bool:
    """Whether the words of a name stand beside each other, the last with an ending perhaps."""
    if not name:
        return False
    if len(name) == 1 and _NO_SPACES.search(name[0]):
        return any(name[0] in word for word in words)
    *first, last = name
    for at in range(len(words) - len(name) + 1):
        begin = words[at : at + len(first)]
        if begin == list(first) and _is(last, words[at + len(first)]):
            return True
    return False


def _is(name: str, word: str) -> bool:
    bare = (word.removeprefix(beginning) for beginning in ("", *_ARABIC_BEGINNINGS))
    return any(
        each == name
        or (
            len(name) >= _SHORT
            and each.startswith(name)
            and len(each) - len(name) <= _LONGEST_ENDING
        )
        for each in bare
    )
