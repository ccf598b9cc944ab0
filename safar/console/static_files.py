"""The files that pages load: ours, and htmx out of the package that brings it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from types import MappingProxyType
from typing import Final

TYPES: Final = MappingProxyType(
    {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
)
_HTMX: Final = "htmx.js"
_NOT_OURS: Final = (("django_htmx", "static/django_htmx/htmx-2.min.js", _HTMX),)
_DIGITS: Final = 12


@dataclass(frozen=True)
class StaticFile:
    """One file, kept in memory: there are few and they are small."""

    name: str
    content: bytes = field(repr=False)

    @property
    def media_type(self) -> str:
        """Its type, by the end of its name."""
        return TYPES[self.name[self.name.rindex(".") :]]

    @property
    def version(self) -> str:
        """A word that changes with the content, so that browsers may keep the file for ever."""
        return hashlib.sha256(self.content).hexdigest()[:_DIGITS]


class StaticFiles:
    """Every file there is; a name that is not among them is no file."""

    def __init__(self) -> None:
        """Read them."""
        self._files = {each.name: each for each in _found()}

    def get(self, name: str) -> StaticFile | None:
        """Return a file, None where there is none of this name."""
        return self._files.get(name)

    def path(self, name: str) -> str:
        """Return the path of a file with its version.

        Raises:
            KeyError: There is none of this name.
        """
        return f"/static/{name}?v={self._files[name].version}"


def _found() -> Iterator[StaticFile]:
    for each in files("safar.console").joinpath("static").iterdir():
        if each.name.endswith(tuple(TYPES)):
            yield StaticFile(each.name, each.read_bytes())
    for package, path, name in _NOT_OURS:
        found = files(package)
        for part in path.split("/"):
            found = found.joinpath(part)
        yield StaticFile(name, found.read_bytes())
