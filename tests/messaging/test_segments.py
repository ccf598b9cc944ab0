import unicodedata

import pytest
import smsutil
from hypothesis import example, given
from hypothesis import strategies as st

from safar.messaging.breaks import clusters
from safar.messaging.segments import (
    PART_LIMIT,
    SINGLE_LIMIT,
    is_within,
    measure,
    split,
    utf16_units,
)

FAMILY = "👨\u200d👩\u200d👧\u200d👦"
FLAG = "🇳🇵"
PART = 67

# Text that crosses the limits often: both alphabets, pairs of either kind, clusters, spaces.
LIVELY = st.lists(
    st.sampled_from(
        [*"ab .{€é\n", "word ", "End. ", "Rs. 500 ", "क्षत्रिय ", "कामदार। ", "🙏", FAMILY, FLAG]
        + ["e\u0301", "+977 1 4200000 ", "a" * 40, "क" * 30, "x\u0301\u0302"]
    ),
    max_size=60,
).map("".join)
# A raw escape is left out: smsutil takes it for a character of the alphabet.
ANY = st.text(st.characters(exclude_characters="\x1b", exclude_categories=["Cs"]), max_size=400)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", ("GSM-7", 0, 1), id="empty"),
        pytest.param("a" * 160, ("GSM-7", 160, 1), id="160 ASCII"),
        pytest.param("a" * 161, ("GSM-7", 161, 2), id="161 ASCII"),
        pytest.param("a" * 306, ("GSM-7", 306, 2), id="306 ASCII"),
        pytest.param("a" * 307, ("GSM-7", 307, 3), id="307 ASCII"),
        pytest.param("€" * 80, ("GSM-7", 160, 1), id="80 euro are 160 septets"),
        pytest.param("€" * 81, ("GSM-7", 162, 2), id="81 euro"),
        pytest.param("a" * 152 + "€" + "b" * 10, ("GSM-7", 164, 2), id="euro across the edge"),
        pytest.param("a" * 152 + "€" + "b" * 151, ("GSM-7", 305, 2), id="euro, second part full"),
        pytest.param("a" * 152 + "{" + "b" * 152, ("GSM-7", 306, 3), id="brace costs a part"),
        pytest.param("{" * 77 + "a" * 152, ("GSM-7", 306, 3), id="pairs leave a septet unused"),
        pytest.param("é" * 160, ("GSM-7", 160, 1), id="e acute is GSM-7"),
        pytest.param("á" * 5, ("UCS-2", 5, 1), id="a acute is not"),
        pytest.param("Ç", ("GSM-7", 1, 1), id="capital c cedilla is GSM-7"),
        pytest.param("ç", ("UCS-2", 1, 1), id="small c cedilla is not"),
        pytest.param("ΔΦΓΛΩΠΨΣΘΞ", ("GSM-7", 10, 1), id="Greek capitals"),
        pytest.param("`", ("UCS-2", 1, 1), id="grave accent"),
        pytest.param("a\tb", ("UCS-2", 3, 1), id="tab"),
        pytest.param("\f", ("GSM-7", 2, 1), id="form feed"),
        pytest.param("a\r\nb", ("GSM-7", 4, 1), id="CR LF costs two"),
        pytest.param("\x1b", ("UCS-2", 1, 1), id="raw escape is no character"),
        pytest.param("It’s", ("UCS-2", 4, 1), id="curly quote"),
        pytest.param("a\u00a0b", ("UCS-2", 3, 1), id="no-break space"),
        pytest.param("\ufeffhello", ("UCS-2", 6, 1), id="byte order mark"),
        pytest.param("e\u0301" * 10, ("GSM-7", 10, 1), id="decomposed e acute is composed"),
        pytest.param("man\u0303ana", ("GSM-7", 6, 1), id="decomposed n tilde is composed"),
        pytest.param("क" * 70, ("UCS-2", 70, 1), id="70 Devanagari"),
        pytest.param("क" * 71, ("UCS-2", 71, 2), id="71 Devanagari"),
        pytest.param("क" * 134, ("UCS-2", 134, 2), id="134 Devanagari"),
        pytest.param("क" * 135, ("UCS-2", 135, 3), id="135 Devanagari"),
        pytest.param("বাংলাদেশ থেকে বিদেশে " * 4, ("UCS-2", 84, 2), id="Bengali"),
        pytest.param("🙏" * 35, ("UCS-2", 70, 1), id="35 emoji"),
        pytest.param("🙏" * 36, ("UCS-2", 72, 2), id="36 emoji"),
        pytest.param("🙏" * 67, ("UCS-2", 134, 3), id="67 emoji: a unit of each part unused"),
        pytest.param("क" * 66 + "🙏" + "क" * 66, ("UCS-2", 134, 3), id="emoji across the edge"),
        pytest.param(FAMILY * 6, ("UCS-2", 66, 1), id="6 families"),
        pytest.param(FAMILY * 7, ("UCS-2", 77, 2), id="7 families"),
        pytest.param(FLAG * 17, ("UCS-2", 68, 1), id="17 flags"),
    ],
)
def test_measure(text: str, expected: tuple[str, int, int]) -> None:
    assert measure(text) == expected


# The empty text is left out: smsutil gives it no alphabet.
@given(st.one_of(ANY, LIVELY).filter(bool))
@example("a" * 152 + "{" + "b" * 152)
@example("🙏" * 67)
@example("0" * 66 + "\u0a3a" * 2 + "0" * 66)
def test_measure_agrees_with_an_independent_splitter(text: str) -> None:
    text = unicodedata.normalize("NFC", text)
    theirs = smsutil.split(text)
    gsm = theirs.encoding == "gsm0338"
    units = theirs.total_bytes if gsm else theirs.total_bytes // 2
    ours = measure(text)
    assert ours[:2] == ("GSM-7" if gsm else "UCS-2", units)
    # It divides clusters, which may save a part; where there are none, the two agree.
    assert ours.segments >= len(theirs.parts)
    if all(len(cluster) == 1 for cluster in clusters(text)):
        assert ours.segments == len(theirs.parts)


@given(st.one_of(ANY, LIVELY))
@example("x" + "\u0301" * 200)
@example(FAMILY * 7)
def test_split_keeps_the_text_the_limits_and_the_clusters(text: str) -> None:
    parts = split(text)
    composed = unicodedata.normalize("NFC", text)
    assert "".join(parts) == composed
    encoding = measure(text).encoding
    limit = PART_LIMIT[encoding] if len(parts) > 1 else SINGLE_LIMIT[encoding]
    assert all(_units(part, encoding) <= limit for part in parts)
    ends: set[int] = set()
    position = 0
    for cluster in clusters(composed):
        # A cluster longer than a part may be cut anywhere between its characters.
        inner = 1 if _units(cluster, encoding) > PART_LIMIT[encoding] else len(cluster)
        ends.update(range(position + inner, position + len(cluster) + 1))
        position += len(cluster)
    reached = 0
    for part in parts:
        reached += len(part)
        assert reached in ends or not composed


@given(st.one_of(ANY, LIVELY))
def test_split_has_no_more_parts_than_greedy_filling_by_clusters(text: str) -> None:
    size = measure(text)
    if size.segments == 1:
        assert len(split(text)) == 1
        return
    limit, count, used = PART_LIMIT[size.encoding], 1, 0
    for cluster in clusters(unicodedata.normalize("NFC", text)):
        units = _units(cluster, size.encoding)
        pieces = [units] if units <= limit else [_units(c, size.encoding) for c in cluster]
        for piece in pieces:
            if used + piece > limit:
                count, used = count + 1, 0
            used += piece
    assert len(split(text)) == count


@given(st.one_of(ANY, LIVELY), st.integers(1, 4), st.integers(1, 4))
def test_a_text_is_within_what_it_measures(text: str, gsm7: int, ucs2: int) -> None:
    size, most = measure(text), {"GSM-7": gsm7, "UCS-2": ucs2}
    assert is_within(text, most) == (size.segments <= most[size.encoding])


@given(st.text(alphabet="ab .{€\n5क।🙏", max_size=700))
def test_preferring_good_cuts_costs_no_segment(text: str) -> None:
    # Each character of this alphabet is a cluster of its own.
    assert len(split(text)) == measure(text).segments


@pytest.mark.parametrize(
    ("text", "first"),
    [
        pytest.param(
            "a" * 100 + ". " + "b" * 20 + " " + "c" * 60, "a" * 100 + ". ", id="sentence over word"
        ),
        pytest.param("a" * 100 + " " + "b" * 100, "a" * 100 + " ", id="word over letters"),
        pytest.param("a" * 200, "a" * 153, id="one long word"),
        pytest.param(
            "क" * 40 + "। " + "क" * 20 + " " + "क" * 30, "क" * 40 + "। ", id="danda ends a sentence"
        ),
        pytest.param(
            "क" * 40 + " Rs. 500 " + "क" * 30, "क" * 40 + " Rs. 500 ", id="Rs. ends no sentence"
        ),
        pytest.param(
            "a" * 138 + " +977 1 4200000 " + "b" * 30,
            "a" * 138 + " ",
            id="a spaced number stays together",
        ),
        pytest.param("x" * 66 + "🙏" + "y" * 10, "x" * 66, id="surrogate pair stays together"),
        pytest.param("{" * 81, "{" * 76, id="escape pair stays together"),
        pytest.param("क" * 65 + FAMILY, "क" * 65, id="family stays together"),
        pytest.param("क" * 65 + "क्ष" + "क" * 5, "क" * 65, id="conjunct stays together"),
    ],
)
def test_where_the_first_part_ends(text: str, first: str) -> None:
    assert split(text)[0] == first


def test_a_good_cut_is_given_up_where_it_would_cost_a_part() -> None:
    text = "a" * 150 + " " + "b" * 155
    assert measure(text).segments == 2
    assert [len(part) for part in split(text)] == [153, 153]


def test_a_cluster_longer_than_a_part_is_cut_all_the_same() -> None:
    text = "x" + "\u0301" * 200
    parts = split(text)
    assert [len(part) for part in parts] == [PART, PART, PART]
    assert "".join(parts) == text


def test_parts_of_a_unicode_text_count_in_its_encoding() -> None:
    parts = split("a" * 100 + " क")
    assert len(parts) == 2
    assert all(utf16_units(part) <= PART for part in parts)


def _units(text: str, encoding: str) -> int:
    return (
        sum(2 if c in "\f^{}\\[~]|€" else 1 for c in text)
        if encoding == "GSM-7"
        else len(text.encode("utf-16-le")) // 2
    )
