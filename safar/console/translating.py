"""The translator that an operator has plugged in, if they have: off unless it is set.

No text leaves this machine by itself: an officer asks for each, and the record says so.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, Final

import structlog

from safar.cases.errors import CaseRefusedError
from safar.console.i18n import marked

FAILED: Final = marked("The translator did not answer. The text was not translated.")
NOT_SET_UP: Final = marked("No translator is set up. Ask whoever runs Safar here.")
_LONGEST: Final = 10_000

Translate = Callable[[str, str | None, str], str]
"""Takes a text, the variant that it is in as far as that is known, and the language wanted."""

_log = structlog.get_logger(__name__)


def translator_of(setting: str) -> Translate | None:
    """Return the function that a setting such as ``our_module:translate`` names, None without one.

    Raises:
        CaseRefusedError: There is no such function.
    """
    if not setting:
        return None
    module, _, name = setting.partition(":")
    try:
        found: Any = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        _log.error("translator.missing", error=type(error).__name__)
        raise CaseRefusedError("translator", NOT_SET_UP) from error
    translate: Translate = found
    return translate


def translated(translate: Translate, text: str, variant: str | None, language: str) -> str:
    """Return a text in another language.

    Raises:
        CaseRefusedError: The translator failed; what it said of that may hold the text.
    """
    try:
        made = translate(text, variant, language)
    except Exception as error:  # noqa: BLE001 - it is the operator's own, and may raise anything
        _log.error("translator.failed", error=type(error).__name__)
        raise CaseRefusedError("translator", FAILED) from None
    if not isinstance(made, str) or not made.strip():
        raise CaseRefusedError("translator", FAILED)
    return made[:_LONGEST]
