"""A paper becomes a PDF file, in a process of its own and within a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict
from datetime import datetime
from typing import Final

import structlog

from safar.cases.errors import CaseError
from safar.cases.exporting.paper import Paper

_PROCESS: Final = "safar.cases.exporting.typeset_process"
_PASSED_ON: Final = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG")
LONGEST_SECONDS: Final = 60.0

_log = structlog.get_logger(__name__)


class TypesettingError(CaseError):
    """The paper could not be made."""


def typeset(paper: Paper, made_at: datetime, *, within: float = LONGEST_SECONDS) -> bytes:
    """Return the PDF file of a paper.

    Args:
        paper: What stands on it.
        made_at: UTC; stands in the file.
        within: Seconds after which it is given up.

    Raises:
        TypesettingError: It could not be made, or took too long.
    """
    told = json.dumps(asdict(paper) | {"made_at": made_at.isoformat()})
    try:
        ran = subprocess.run(  # noqa: S603 - our own module; what a person wrote goes in by stdin
            [sys.executable, "-m", _PROCESS],
            input=told.encode("ascii"),
            capture_output=True,
            # Without our keys: what it works on was written by strangers.
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            timeout=within,
            check=False,
        )
    except subprocess.TimeoutExpired:
        _log.error("paper.too_long", seconds=within)
        raise TypesettingError(
            f"This case could not be printed within {within:.0f} seconds. Try once more; the page"
            " of the case shows all of it."
        ) from None
    if ran.returncode != 0 or not ran.stdout.startswith(b"%PDF-"):
        # What the process says may hold what a person wrote: it is not logged.
        _log.error("paper.failed", code=ran.returncode)
        raise TypesettingError(
            "This case could not be printed. The page of the case shows all of it; tell whoever"
            " runs Safar, who finds paper.failed in the log."
        )
    return ran.stdout
