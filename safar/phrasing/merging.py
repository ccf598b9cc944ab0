"""Bring the translations of a variant up to the messages there are now."""

from __future__ import annotations

from dataclasses import replace

from safar.phrasing.languages import Language
from safar.phrasing.pofile import Entry, PoFile, Status, plural_count
from safar.phrasing.translations import plural_forms

_HEADERS = {
    "Project-Id-Version": "safar",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "8bit",
}


def merge(template: PoFile, old: PoFile | None, language: Language) -> PoFile:
    """Return the catalogue of a variant for the messages of `template`.

    Messages are matched by id alone. New ones are empty. One whose English has changed keeps its
    translation, marked stale (fuzzy, with the English it was made from) until a translator has
    looked at it; if the English changes back, it is a draft. What is gone is kept as obsolete,
    and comes back with its message. Flags and comments of translators stay.
    """
    old = old or PoFile(header_comment=f"{language.english} ({language.tag}) messages of Safar.")
    headers = {**_HEADERS, **old.headers, "Language": language.tag}
    headers["Plural-Forms"] = plural_forms(language)
    forms = plural_count(headers)
    known = {**old.obsolete, **old.entries}
    entries = {
        message_id: _merged(source, known.get(message_id), forms)
        for message_id, source in template.entries.items()
    }
    gone = {
        message_id: entry
        for message_id, entry in known.items()
        if message_id not in entries and entry.status is not Status.MISSING
    }
    return PoFile(headers, old.header_comment, entries, gone)


def _merged(source: Entry, old: Entry | None, forms: int) -> Entry:
    count = forms if source.plural else 1
    if old is None:
        return replace(source, strings=("",) * count)
    merged = replace(source, comments=old.comments, strings=_fitted(old, source, count))
    if old.status is Status.MISSING:
        return merged
    # A stale translation was made from its previous English, whatever English came in between.
    made_from = old.previous if old.status is Status.STALE else old.english
    if made_from == source.english:
        return replace(merged, fuzzy=old.fuzzy)
    return replace(merged, fuzzy=True, previous=made_from)


def _fitted(old: Entry, source: Entry, count: int) -> tuple[str, ...]:
    """Fit the texts to the number of forms; the last form is the general one ("other")."""
    if source.plural == old.plural:
        return (*old.strings, *("",) * count)[:count]
    general = old.strings[-1] if old.strings else ""
    return (*("",) * (count - 1), general)
