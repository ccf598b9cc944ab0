import pytest

from safar.messaging.breaks import Cut, cuts


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        pytest.param("Do this. ", "Then that", Cut.SENTENCES, id="full stop"),
        pytest.param("He said “go.” ", "She", Cut.SENTENCES, id="full stop and closing quote"),
        pytest.param("Really? ", "5 of them", Cut.SENTENCES, id="question before a digit"),
        pytest.param("यो गर्नुहोस्। ", "अनि", Cut.SENTENCES, id="danda"),
        pytest.param("ماذا؟ ", "نعم", Cut.SENTENCES, id="Arabic question mark"),
        pytest.param("one line\n", "next", Cut.SENTENCES, id="line end"),
        pytest.param("pay Rs. ", "500", Cut.WORDS, id="abbreviation before a figure"),
        pytest.param("two ", "words", Cut.WORDS, id="word"),
        pytest.param("5 ", "days", Cut.WORDS, id="figure and word"),
        pytest.param("wait", " for it", Cut.CLUSTERS, id="before the space"),
        pytest.param("+977 1 ", "4200000", Cut.CLUSTERS, id="inside a phone number"),
        pytest.param("10\u00a0", "km", Cut.CLUSTERS, id="no-break space"),
        pytest.param("wo", "rd", Cut.CLUSTERS, id="inside a word"),
        pytest.param("\u2068ABC ", "Ltd\u2069", Cut.CLUSTERS, id="inside an isolate"),
        pytest.param("\u2068ABC\u2069 ", "Ltd", Cut.WORDS, id="after an isolate"),
        pytest.param("क्", "ष", Cut.CONJUNCT, id="Devanagari conjunct"),
        pytest.param("শিক্", "ষা", Cut.CONJUNCT, id="Bengali conjunct"),
        pytest.param("ශ්\u200d", "රී", Cut.CONJUNCT, id="Sinhala conjunct by joiner"),
        pytest.param("क्\u200c", "ष", Cut.CLUSTERS, id="non-joiner keeps letters apart"),
    ],
)
def test_kind_of_cut(before: str, after: str, kind: Cut) -> None:
    assert dict(cuts(before + after))[len(before)] is kind


def test_no_cut_inside_a_cluster_or_at_the_ends() -> None:
    assert [position for position, _ in cuts("aकि👨\u200d👩b")] == [1, 3, 6]
