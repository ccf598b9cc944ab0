"""Registers of recruiting agencies: what they hold, and who is meant by what people write."""

from __future__ import annotations

from safar.registry.agencies.model import Agency, AgencyRegister, AgencyStatus, AgencyWords, Was
from safar.registry.agencies.rules import NameRules
from safar.registry.agencies.search import AgencyMatch, Found, find_agencies

__all__ = [
    "Agency",
    "AgencyMatch",
    "AgencyRegister",
    "AgencyStatus",
    "AgencyWords",
    "Found",
    "NameRules",
    "Was",
    "find_agencies",
]
