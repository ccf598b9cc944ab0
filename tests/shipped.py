"""Content read once a process, for all tests that only look at it."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from safar.answers.resources import Resources
from safar.registry.content import Content
from safar.registry.keyword_schema import Keyword, KeywordFile
from safar.registry.load import MAX_FILE_BYTES, load_content
from safar.registry.yamlfile import read_yaml
from safar.settings import Settings

CONTENT = Path(__file__).resolve().parents[1] / "content"


@lru_cache(maxsize=1)
def shipped_content() -> Content:
    """Return all of it; nobody may change what is returned."""
    return load_content(CONTENT)


@lru_cache(maxsize=1)
def shipped_keywords() -> tuple[Keyword, ...]:
    """Return the words to stop, start and ask, for names of cases when tests are collected."""
    document, problems = read_yaml(CONTENT / "keywords.yaml", "keywords.yaml", MAX_FILE_BYTES)
    assert document is not None, problems
    return tuple(KeywordFile.model_validate(document.data).keywords)


_read: dict[tuple[object, ...], Resources] = {}


def resources_of(settings: Settings, clock: Callable[[], datetime]) -> Resources:
    """Return resources of their own clock, over content that this process has read once.

    To read catalogues and danger words takes a quarter of a second, more than most tests.
    """
    names = ("registry_path", "content_dir", "locales_dir", "reviewed_only", "content_public_key")
    key = tuple(getattr(settings, name) for name in names)
    if key not in _read:
        _read[key] = Resources(settings)
    ours = copy(_read[key])
    ours.settings, ours.clock = settings, clock
    return ours
