"""Where words may begin and end in scripts that part none of them by spaces."""

from __future__ import annotations

import pytest

from safar.registry.danger import DangerMatcher, normalise
from safar.registry.schema import DangerFile
from safar.registry.unspaced import begins, ends

FILES = [
    DangerFile.model_validate(
        {
            "variant": "my",
            "phrases": [{"text": "ရိုက်တယ်", "kind": "abuse"}],
        }
    ),
    DangerFile.model_validate({"variant": "km", "phrases": [{"text": "វាយខ្ញុំ", "kind": "abuse"}]}),
    DangerFile.model_validate(
        {"variant": "am", "phrases": [{"text": "ይደበድበኛል", "kind": "abuse"}]},
    ),
    DangerFile.model_validate({"variant": "en", "phrases": [{"text": "hit me", "kind": "abuse"}]}),
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("သူဌေးကကျွန်မကိုရိုက်တယ်", "my", id="burmese-inside-a-run"),
        pytest.param("ရိုက်တယ် ကူညီပါ", "my", id="burmese-alone"),
        pytest.param("ရိုက်တယ်လို့ပြောတယ်", "my", id="burmese-goes-on"),
        pytest.param("ថៅកែវាយខ្ញុំរាល់ថ្ងៃ", "km", id="khmer-inside-a-run"),
        pytest.param("ថៅកែ\u200bវាយ\u200bខ្ញុំ", "km", id="khmer-with-zero-width-spaces"),
        pytest.param("አሰሪዬ ይደበድበኛል", "am", id="amharic-word"),
        pytest.param("አሠሪዬ ይደበድበኛል", "am", id="amharic-other-letter-of-the-sound"),
        pytest.param("whit mean", None, id="latin-never-inside-a-word"),
    ],
)
def test_phrases_are_found_where_their_script_lets_words_stand(
    text: str, found: str | None
) -> None:
    hit = DangerMatcher(FILES).find(text)
    assert (hit.variant if hit else None) == found


@pytest.mark.parametrize(
    ("text", "at", "begun", "ended"),
    [
        pytest.param("ab", 1, False, False, id="latin-inside"),
        pytest.param("a b", 2, True, False, id="latin-after-a-space"),
        pytest.param("ab", 0, True, True, id="at-the-start"),
        pytest.param("ကမ", 1, True, True, id="burmese-between-consonants"),
        pytest.param("ကာ", 1, False, False, id="burmese-before-a-vowel-sign"),
        pytest.param("က်ား", 1, False, False, id="burmese-before-asat"),
        pytest.param("နက်", 1, False, False, id="burmese-a-consonant-that-closes"),
        pytest.param("ខ្ញុំ", 2, False, False, id="khmer-stacked"),
    ],
)
def test_borders(text: str, at: int, begun: bool, ended: bool) -> None:
    assert begins(text, at) is begun
    if at:
        assert ends(text, at) is ended


@pytest.mark.parametrize("written", ["ሐሰን", "ኀሰን", "ሃሰን", "ሀሠን", "ሓሰን"])
def test_amharic_letters_of_one_sound_are_one(written: str) -> None:
    assert normalise(written) == "ሀሰን"
