"""The content of this repository, read once a process for all tests that only look at it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from safar.registry.content import Content
from safar.registry.keyword_schema import Keyword, KeywordFile
from safar.registry.load import MAX_FILE_BYTES, load_content
from safar.registry.yamlfile import read_yaml

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
