"""Errors of the store.

StoreError
├── StoreUnavailableError   locked, full, damaged or away: answer 503, try again
├── StoreVersionError       the database was written by a newer Safar
├── StoreConfigError        the database address or the library cannot be used
├── UnknownRowError         an id that no row has
└── CryptoError             keys missing, wrong, or text that they do not open
"""

from __future__ import annotations


class StoreError(Exception):
    """Something is wrong with the operational store."""


class StoreUnavailableError(StoreError):
    """The store cannot be used now; nothing of the transaction was kept.

    Attributes:
        code: ``locked``, ``conflict``, ``full``, ``io``, ``cannot_open``, ``read_only``,
            ``damaged``, ``memory``, ``busy_pool`` or ``away``; safe to log and to count.
    """

    def __init__(self, code: str, message: str) -> None:
        """Keep the code beside the sentence."""
        super().__init__(message)
        self.code = code


class StoreVersionError(StoreError):
    """The database has migrations which this version does not know."""


class StoreConfigError(StoreError):
    """The database address cannot be used."""


class UnknownRowError(StoreError):
    """No row has this id."""


class CryptoError(StoreError):
    """A key is missing or wrong, or a text was not encrypted with any key of the ring."""
