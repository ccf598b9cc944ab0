import pytest

from safar.messaging import gsm7


def test_the_basic_table_has_the_128_places_of_the_standard_less_the_escape() -> None:
    assert len(gsm7.BASIC) == 127
    assert not gsm7.BASIC & gsm7.EXTENSION


@pytest.mark.parametrize(
    ("character", "septets"),
    [
        pytest.param("a", 1, id="letter"),
        pytest.param("\n", 1, id="line feed"),
        pytest.param("Ç", 1, id="capital c cedilla"),
        pytest.param("Δ", 1, id="Greek capital"),
        pytest.param("€", 2, id="euro"),
        pytest.param("{", 2, id="brace"),
        pytest.param("\f", 2, id="form feed"),
        pytest.param("ç", None, id="small c cedilla"),
        pytest.param("á", None, id="a acute"),
        pytest.param("`", None, id="grave accent"),
        pytest.param("\t", None, id="tab"),
        pytest.param("\x1b", None, id="raw escape"),
        pytest.param("क", None, id="Devanagari"),
    ],
)
def test_septets(character: str, septets: int | None) -> None:
    assert gsm7.is_gsm7(character) == (septets is not None)
    if septets is not None:
        assert gsm7.septets(f"x{character}{character}") == 1 + 2 * septets


def test_an_editor_is_told_each_costly_character_once() -> None:
    assert gsm7.beyond_gsm7("“Fee” – “cap” is 5 €") == ["“", "”", "–"]


def test_a_decomposed_letter_is_not_costly_once_composed() -> None:
    assert gsm7.beyond_gsm7("man\u0303ana") == []
