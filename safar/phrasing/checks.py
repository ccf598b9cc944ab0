"""What is wrong with a text, before a person ever reads it."""

from __future__ import annotations

from safar.phrasing.errors import TemplateError
from safar.phrasing.pofile import Entry
from safar.phrasing.templates import placeholders

RESERVED = frozenset(
    {"STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "CANCEL", "REVOKE", "OPTOUT"}
    | {"YES", "START", "UNSTOP", "HELP", "INFO"}
)
"""Words that carriers act upon when a person sends them back: never a whole message or title."""


def english_faults(text: str, plural: str | None) -> list[str]:
    """Return what is wrong with an English message, each fault with what to do about it."""
    texts = [text] if plural is None else [text, plural]
    faults = [fault for each in texts for fault in _own_faults(each)]
    if faults or plural is None:
        return faults
    if "count" not in placeholders(plural):
        return ["`plural` has no {count}: say with it how many there are."]
    if placeholders(text) | {"count"} != placeholders(plural):
        return [
            "`text` and `plural` have different placeholders: let both have the same ones; "
            "only {count} may be missing from `text`."
        ]
    return []


def translation_faults(entry: Entry, forms: int) -> list[str]:
    """Return what is wrong with a translation, each fault with what to do about it.

    Args:
        entry: An entry that has a translation.
        forms: How many plural forms its variant has.
    """
    if not entry.id:
        return ["this entry has no msgctxt: restore it, it is the id of the message."]
    if entry.plural and (
        len(entry.strings) != forms or any(not text.strip() for text in entry.strings)
    ):
        return [f"{entry.id}: give a text for each of the {forms} plural forms, or for none."]
    wanted = frozenset[str]().union(*map(placeholders, entry.english))
    faults = []
    for text in entry.strings:
        own = _own_faults(text)
        faults += own or _placeholder_faults(text, wanted, plural=entry.plural)
    return [f"{entry.id}: {fault}" for fault in dict.fromkeys(faults)]


def _own_faults(text: str) -> list[str]:
    if not text.strip():
        return ["the text is empty: write one, or remove the message."]
    if text.strip().upper() in RESERVED:
        return [
            f"{text.strip()!r} alone is a word that telephone companies act upon: "
            "say it in other words."
        ]
    try:
        placeholders(text)
    except TemplateError as error:
        return [str(error)]
    return []


def _placeholder_faults(text: str, wanted: frozenset[str], *, plural: bool) -> list[str]:
    found = placeholders(text)
    extra = sorted(found - wanted)
    # "One agency" and the dual of Arabic say the number in words.
    missing = sorted(wanted - found - ({"count"} if plural else set()))
    faults = []
    if extra:
        faults.append(
            f"{_braced(extra)} is not in the English text: write it exactly as there, "
            "and do not translate it."
        )
    if missing:
        faults.append(f"{_braced(missing)} is missing: put it where the value belongs.")
    return faults


def _braced(names: list[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
