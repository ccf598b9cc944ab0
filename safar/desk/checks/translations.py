"""Translations of each variant, counted: what is missing, older than the English, or unread."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from safar.phrasing.checks import translation_faults
from safar.phrasing.languages import LAST_RESORT
from safar.phrasing.pofile import PoFile, Status, read_po
from safar.phrasing.translations import TEMPLATE, plural_number, po_path
from safar.phrasing.workshop import Coverage, coverage
from safar.registry.checks.options import LONGEST_TITLE, is_title
from safar.registry.content import Content
from safar.registry.errors import Problem, Severity
from safar.registry.schema import Message


def check_translations(content: Content, locales_dir: Path) -> tuple[list[Problem], list[Coverage]]:
    """Return what is wrong with the catalogues, and how far each variant is.

    Raises:
        LocalesError: a catalogue cannot be read.
    """
    template = read_po(locales_dir / TEMPLATE)
    problems = list(_template_problems(content, template, locales_dir))
    rows = []
    for language in content.languages:
        if language.tag == LAST_RESORT:
            continue
        path = po_path(locales_dir, language.tag)
        po = read_po(path) if path.exists() else PoFile()
        row = coverage(template, po, language.tag)
        rows.append(row)
        shown = _shown(path, locales_dir)
        problems += _counted(shown, row)
        forms = plural_number(language)
        for entry in po.entries.values():
            if entry.status not in (Status.TRANSLATED, Status.DRAFT):
                continue
            for fault in translation_faults(entry, forms):
                message, _, remedy = fault.partition(": ")
                problems.append(Problem(shown, entry.line, "", message, remedy or "mend it"))
            problems += _title_problems(shown, entry.id, entry.strings, entry.line)
    return problems, rows


def _counted(shown: str, row: Coverage) -> Iterator[Problem]:
    remedy = "`safar locales export` gives a list to translators"
    if row.missing:
        message = f"{row.missing} of {row.total} messages have no translation"
        yield Problem(shown, 0, row.variant, message, remedy, Severity.WARNING)
    if row.stale:
        message = f"{row.stale} translations are of an older English, so they are not sent"
        yield Problem(shown, 0, row.variant, message, remedy, Severity.WARNING)
    if row.draft:
        message = f"{row.draft} of {row.total} translations are drafts that nobody has reviewed"
        yield Problem(shown, 0, row.variant, message, remedy, Severity.NOTE)


def _template_problems(content: Content, template: PoFile, locales_dir: Path) -> Iterator[Problem]:
    shown = _shown(locales_dir / TEMPLATE, locales_dir)
    remedy = "run `safar locales extract`, then `safar locales update`"
    seen: dict[str, Message] = {}
    for message, _ in content.located_messages():
        seen.setdefault(message.id, message)
    new = [name for name in seen if name not in template.entries]
    other = [
        name
        for name, message in seen.items()
        if (entry := template.entries.get(name)) is not None
        and entry.english != tuple(filter(None, (message.text.strip(), message.plural)))
    ]
    for names, what in ((new, "are not there yet"), (other, "have other words there")):
        if names:
            listed = ", ".join(names[:5]) + ("…" if len(names) > 5 else "")  # noqa: PLR2004
            said = f"{len(names)} messages of the content {what} ({listed})"
            yield Problem(shown, 0, "", said, remedy, Severity.WARNING)


def _title_problems(
    shown: str, name: str, strings: tuple[str, ...], line: int
) -> Iterator[Problem]:
    if not is_title(Message(id=name or "none", text="x")):
        return
    for text in strings:
        if "{" not in text and len(text) > LONGEST_TITLE:
            message = f"the title has {len(text)} characters, more than {LONGEST_TITLE}"
            yield Problem(shown, line, name, message, "shorten it", Severity.WARNING)


def _shown(path: Path, locales_dir: Path) -> str:
    return path.relative_to(locales_dir.parent).as_posix()
