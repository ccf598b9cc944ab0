"""Words: typed values, message catalogues and the CLDR's way of writing them in each variant.

This room knows no other room. Its front door is `Catalogue`.
"""

from safar.phrasing.catalogue import Catalogue
from safar.phrasing.errors import (
    LanguagesError,
    LocalesError,
    PhraseError,
    PhrasingError,
    UnknownLanguageError,
    UnknownMessageError,
)
from safar.phrasing.languages import Language, Languages, load_languages
from safar.phrasing.values import (
    Country,
    Day,
    Items,
    Money,
    Number,
    Phone,
    Phrase,
    Ref,
    Text,
    Value,
)

__all__ = [
    "Catalogue",
    "Country",
    "Day",
    "Items",
    "Language",
    "Languages",
    "LanguagesError",
    "LocalesError",
    "Money",
    "Number",
    "Phone",
    "Phrase",
    "PhraseError",
    "PhrasingError",
    "Ref",
    "Text",
    "UnknownLanguageError",
    "UnknownMessageError",
    "Value",
    "load_languages",
]
