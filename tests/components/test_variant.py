"""Which variant a text is in: by script, by words, and silence where nothing tells."""

from __future__ import annotations

import asyncio

import pytest

from bot.components.variant import script_of
from safar.assistant.engine import Assistant

WRITTEN = [
    ("en", "How much can the agency charge me for a visa"),
    ("en", "my boss took passport, what i do"),
    ("ne", "कम्पनीले मेरो तलब दिएको छैन"),
    ("ne", "मेरो राहदानी कम्पनीले राख्यो"),
    ("ne-Latn", "company le mero talab diyeko chaina"),
    ("ne-Latn", "malik le passport rakhyo ke garne"),
    ("hi", "कंपनी ने मेरी सैलरी नहीं दी"),
    ("hi", "मेरा पासपोर्ट मालिक के पास है"),
    ("bn", "কোম্পানি আমার বেতন দেয় না"),
    ("fil", "hindi po binayaran ang sahod ko ng tatlong buwan"),
    ("fil", "magkano ang bayad sa agency"),
    ("id", "gaji saya belum dibayar tiga bulan"),
    ("ar", "لم يدفع صاحب العمل راتبي"),
    ("sw", "mwajiri hajanilipa mshahara wangu"),
]
# One English word, a number, a loud or a drawn-out spelling: the variant stays.
MIXED = [
    ("ne", "मेरो salary दिएको छैन"),
    ("ne", "मालिकले passport 2 महिनादेखि राख्यो"),
    ("ne-Latn", "company le salary 3 mahina dekhi diyeko chaina"),
    ("hi", "मेरी salary नहीं दी कंपनी ने"),
    ("bn", "কোম্পানি salary 3 মাস দেয় না"),
    ("fil", "hindi binayaran ang salary ko 3 months"),
    ("id", "gaji saya belum dibayar boss 3 bulan"),
    ("ar", "راتبي salary لم يدفع 3"),
    ("sw", "mshahara wangu boss hajalipa 3"),
    ("fil", "HINDI PO BINAYARAN ANG SAHOD KO"),
    ("ne-Latn", "COMPANY LE TALAB DIYEKO CHAINA!!!"),
    ("id", "gaji sayaaaaa belum dibayar 2024"),
]


@pytest.mark.parametrize(("variant", "text"), WRITTEN + MIXED)
def test_variant_of_a_text(assistant: Assistant, variant: str, text: str) -> None:
    assert asyncio.run(assistant.understand(text)).variant == variant


@pytest.mark.parametrize("text", ["123456", "१२३", "9", "😀", "...", "+977-1", "工作", "εργασία"])
def test_no_letter_of_a_known_script_is_no_variant(assistant: Assistant, text: str) -> None:
    assert asyncio.run(assistant.understand(text)).variant is None


@pytest.mark.parametrize(
    ("text", "script", "letters"),
    [
        ("salary", "Latn", 6),
        ("मेरो salary", "Latn", 6),
        ("मेरो तलब ok", "Deva", 7),
        ("বেতন", "Beng", 4),
        ("راتبي", "Arab", 5),
        ("123 😀", None, 0),
        ("", None, 0),
    ],
)
def test_script_most_letters_are_in(text: str, script: str | None, letters: int) -> None:
    found, count = script_of(text)
    assert (found, count) == (script, letters)
