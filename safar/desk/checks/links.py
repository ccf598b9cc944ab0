"""Addresses people are sent to: of a shape that a telephone opens, and by name, not by number."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from safar.registry.content import Content
from safar.registry.errors import Problem, Severity
from safar.registry.yamlfile import Document, Loc

_HOST = re.compile(r"(?=.{4,253}$)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*\.[a-z]{2,24}", re.IGNORECASE)
_KEYS = frozenset({"url", "website"})
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def check_links(content: Content) -> Iterator[Problem]:
    """Warn of addresses that are no http(s) address, or name a machine by its number."""
    for document, loc, text in _addresses(content):
        fault = link_fault(text)
        if fault:
            message, remedy = fault
            problem = document.problem(loc, f'the address "{text}" {message}', remedy)
            yield problem.as_severity(Severity.WARNING)


def link_fault(address: str) -> tuple[str, str] | None:
    """Return what is wrong with an address and what to do; None for a good one."""
    whole = address if "://" in address else f"https://{address}"
    try:
        parts = urlsplit(whole)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return "cannot be read", "write it as the browser shows it"
    faults = (
        (bool(re.search(r"\s", address)), "has a space in it", "write it without, or %20 instead"),
        (
            parts.scheme not in ("http", "https"),
            f"begins with {parts.scheme}:",
            "write an address that begins with https",
        ),
        (parts.username is not None, "holds a name before an @", "write it without"),
        (
            _is_number(host),
            "is a machine's number",
            "write the name of the site: numbers change, and say nothing of whose it is",
        ),
        (host.endswith("."), "has a dot after the site's name", "remove the dot"),
        (not _HOST.fullmatch(_ascii(host)), "names no site", "write a name such as dofe.gov.np"),
    )
    return next(((message, remedy) for wrong, message, remedy in faults if wrong), None)


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _ascii(host: str) -> str:
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def _addresses(content: Content) -> Iterator[tuple[Document, Loc, str]]:
    for source, place in content.located_sources():
        if source.url is not None:
            yield place.document, (*place.loc, "url"), source.url
    for country in content.countries:
        for role, authority in country.model.authorities.items():
            if authority.website is not None:
                yield country.document, ("authorities", role, "website"), authority.website
    for file in content.missions:
        for index, mission in enumerate(file.model.missions):
            if mission.website is not None:
                yield file.document, ("missions", index, "website"), mission.website
    for _, fact, place in content.facts():
        for name, value in fact.values.items():
            text: Any = getattr(value, "text", None)
            if name in _KEYS and isinstance(text, str) and not _EMAIL.fullmatch(text):
                yield place.document, (*place.loc, "values", name), text
