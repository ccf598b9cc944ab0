"""Names of countries in each variant."""

from __future__ import annotations

from babel import Locale

from safar.phrasing.errors import PhraseError
from safar.phrasing.languages import LAST_RESORT, Language
from safar.phrasing.typography import plain


def country_name(code: str, language: Language) -> str:
    """Return the name of a country: the variant's everyday one, else CLDR's, else in English.

    Args:
        code: ISO 3166-1 alpha-2, such as "QA".
        language: In which to name it.

    Raises:
        PhraseError: No country has this code.
    """
    name = (
        language.countries.get(code)
        or language.names.territories.get(code)
        or Locale.parse(LAST_RESORT).territories.get(code)
    )
    if not name:
        raise PhraseError(
            f"No country has the code {code!r}: use one of ISO 3166-1 alpha-2, such as NP."
        )
    return plain(str(name), latin=language.latin)
