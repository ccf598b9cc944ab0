"""Licence numbers and agency names, as registers and as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.registry.names import licence_key, name_key

SAME_LICENCE = {
    "case": ("RL-0123", "rl-0123"),
    "separators": ("RL-0123", "RL 0123"),
    "no separator": ("RL-0123", "RL0123"),
    "zeros before": ("RL-0123", "RL-123"),
    "slashes": ("1123/064/65", "1123-64-65"),
    "Devanagari digits": ("1123/064", "११२३/०६४"),
    "Arabic digits": ("55", "٥٥"),
    "full-width": ("RL-55", "ＲＬ－５５"),
}

OTHER_LICENCE = {
    "digits parted otherwise": ("12/3", "1/23"),
    "letters": ("RL-1", "RM-1"),
    "zeros after": ("RL-1", "RL-10"),
}

NAMES = {
    "legal forms": ("Himal Star Pvt. Ltd.", "himal star"),
    "M/s": ("M/s Himal Star & Co.", "himal star"),
    "Devanagari marks stay": ("हिमाल ओभरसिज प्रा. लि.", "हिमाल ओभरसिज"),
    "trade word beside a name": ("Himal Manpower", "himal manpower"),
    "trade words only": ("Overseas Recruitment Agency Ltd", ""),
    "nothing": ("?", ""),
}


@pytest.mark.parametrize("name", SAME_LICENCE)
def test_same_licence(name: str) -> None:
    one, other = SAME_LICENCE[name]
    assert licence_key(one) == licence_key(other) != ""


@pytest.mark.parametrize("name", OTHER_LICENCE)
def test_another_licence(name: str) -> None:
    one, other = OTHER_LICENCE[name]
    assert licence_key(one) != licence_key(other)


@pytest.mark.parametrize("name", NAMES)
def test_name(name: str) -> None:
    written, key = NAMES[name]
    assert name_key(written) == key


@given(st.text(max_size=30))
def test_keys_are_stable(text: str) -> None:
    assert licence_key(licence_key(text)) == licence_key(text)
    assert '"' not in name_key(text)
