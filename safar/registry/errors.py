"""What can go wrong with content and with the registry built from it.

RegistryError
├── ContentError          files in content/ hold faults; carries every Problem
├── AgencyImportError     an authority's list cannot be imported; nothing was written
├── RegistryBuildError    the new file could not be written or did not pass its own check
├── RegistryMissingError  there is no registry file
├── RegistryDamagedError  the file is no whole registry
├── RegistryVersionError  the file was made by another version of Safar
└── RegistryUnsignedError the file is not signed by whom the operator trusts
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path


class Severity(str, Enum):
    """How grave a problem is: only errors keep a registry from being built."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, order=True)
class Problem:
    """One fault in the content, told so that an editor can mend it.

    Attributes:
        file: path below the content folder's parent, such as `content/countries/NP.yaml`.
        line: 1-based line in the file; 0 where the fault is the file as a whole.
        entry: which entry, such as `facts[2] "np-fee-cap"`; empty for the whole file.
        message: what is wrong.
        remedy: what to write or do instead.
        severity: error, warning or note.
    """

    file: str
    line: int
    entry: str
    message: str
    remedy: str
    severity: Severity = Severity.ERROR

    def as_severity(self, severity: Severity) -> Problem:
        """Return the same problem, more or less grave."""
        return replace(self, severity=severity)

    def __str__(self) -> str:
        """Return one line: place, entry, fault, remedy."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        entry = f"{self.entry}: " if self.entry else ""
        return f"{place}: {entry}{self.message}; {self.remedy}"


class RegistryError(Exception):
    """Base of everything this package raises."""


class ContentError(RegistryError):
    """Faults found in content files, all of them at once, in the order of files and lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep `problems`, sorted by place."""
        self.problems = tuple(sorted(problems))
        count = len(self.problems)
        head = "1 problem" if count == 1 else f"{count} problems"
        super().__init__("\n".join([f"{head} in the content:", *map(str, self.problems)]))


class AgencyImportError(RegistryError):
    """An authority's list cannot be imported; nothing was written."""


class RegistryBuildError(RegistryError):
    """The new registry could not be written or did not pass its check; the old one stays."""


class RegistryMissingError(RegistryError):
    """No registry file where one was expected."""

    def __init__(self, path: Path) -> None:
        """Name the path."""
        super().__init__(f"there is no registry at {path}; run `safar content build` to make it")


class RegistryDamagedError(RegistryError):
    """The file exists but is no whole registry."""

    def __init__(self, path: Path, detail: str) -> None:
        """Name the path and what SQLite, or the reader, found."""
        super().__init__(
            f"the registry at {path} is damaged ({detail}); run `safar content build` to replace it"
        )


class RegistryVersionError(RegistryError):
    """The registry was built by an older or newer Safar."""

    def __init__(self, path: Path, found: int, expected: int) -> None:
        """Name the path, its version and ours."""
        age = "a newer" if found > expected else "an older"
        super().__init__(
            f"the registry at {path} has version {found}, made by {age} Safar, and this one reads "
            f"version {expected}; run `safar content build` with this Safar to replace it"
        )


class RegistryUnsignedError(RegistryError):
    """The registry has no good signature, where the operator asks for one."""

    def __init__(self, path: Path, detail: str) -> None:
        """Name the path and what is missing or wrong."""
        super().__init__(
            f"the registry at {path} is not taken: {detail}; publish a version with "
            "`safar content publish`, or go back to one with `safar content rollback`"
        )
