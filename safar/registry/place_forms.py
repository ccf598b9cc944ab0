"""The forms a place's name takes in a text: with endings and beginnings joined, and misspelt."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final, Literal

import regex

Case = Literal["", "from", "to", "at", "of", "kind"]
"""What is joined to a name says: whence, whither, where, whose, of which kind, or nothing."""

WORD: Final = regex.compile(r"[\p{L}\p{M}\p{N}\u200b\u200c\u200d'’]+")
NO_SPACES: Final = regex.compile(r"[\p{Script=Khmer}\p{Script=Myanmar}]")
_LATIN: Final = regex.compile(r"\p{Script=Latin}")
_INDIC: Final = regex.compile(r"[\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Sinhala}]")
_TAMIL: Final = regex.compile(r"\p{Script=Tamil}")
_ARABIC: Final = regex.compile(r"\p{Script=Arabic}")
_ETHIOPIC: Final = regex.compile(r"\p{Script=Ethiopic}")

_SPELT_ALIKE: Final = str.maketrans(
    {
        **dict.fromkeys("\u200b\u200c\u200d\u0640\u064b\u064c\u064d\u064e\u064f\u0650\u0652"),
        "’": "'",
        "ё": "е",
        **dict.fromkeys("آأإٱ", "ا"),
        **dict.fromkeys("ىیې", "ي"),
        **dict.fromkeys("ةہۃھۂ", "ه"),
        "ک": "ك",
        "ٸ": "ئ",
        "၀": "ဝ",  # a digit that looks like a letter
        "\u09bc": None,
        "\u093c": None,
    }
)
"""Signs that stand for each other on telephones; ّ stays, for it tells Amman from Oman."""
_ETHIOPIC_ALIKE: Final = (("ሀ", "ሐኀ"), ("ሰ", "ሠ"), ("አ", "ዐ"), ("ጸ", "ፀ"))
_ORDERS: Final = 7
_SHADDA: Final = "\u0651"

_INDIC_ENDING: Final = 5
_INDIC_STEM: Final = 2
_INDIC_CASES: Final[dict[str, Case]] = {
    **dict.fromkeys(
        "बाट बाटै देखि से থেকে হতে ෙන් යෙන් වෙන් වලින් න් ින් ඉඳන් යාවෙන් ාවෙන්".split(), "from"
    ),
    **dict.fromkeys("लाई सम्म तिर तर्फ ট ට වට යට ෙට වලට යාට ාවට".split(), "to"),
    **dict.fromkeys(
        "मा मै माथि भित्र में मे स्थित তে েতে ে য় ায় য়ে ায়ে ৈ ේ ෙ යේ වේ වෙ වල හි දි දී ේදී ෙදි ෙදී"
        " යේදී යෙදි වලදී වෙදි ාවේ ාවෙ ාවෙදි ේම".split(), "at",
    ),
    **dict.fromkeys(
        "को का की के कै कि ले हरु हरू র ের এর কে রে ේය ගේ යන් කාර ලා යේම".split(), "of"
    ),
}  # fmt: skip
_INDIC_KIND: Final = ("ी", "ीय", "ि", "ি", "ী", "ীয", "িয", "ান", "য়ান")
"""Endings of peoples and languages, which more may follow: नेपालीलाई."""

_TAMIL_ENDING: Final = 14
_TAMIL_STEM: Final = 3
_TAMIL_NO_VOWEL: Final = "\u0bcd"
_TAMIL_OBLIQUE: Final = "த்த"
_TAMIL_CASES: Final[tuple[tuple[str, Case], ...]] = (
    ("ிலிருந்து", "from"), ("லிருந்து", "from"), ("லேர்ந்து", "from"), ("லருந்து", "from"),
    ("லிருந்த்", "from"), ("ிலேர்ந்து", "from"), ("ில", "at"), ("ில்", "at"), ("ல்", "at"),
    ("ல", "at"), ("ுக்கு", "to"), ("க்கு", "to"), ("ுக்க்", "to"), ("ின்", "of"), ("ோட", "of"),
    ("ிலே", "at"), ("லே", "at"), ("ு", ""), ("ை", ""),
)  # fmt: skip
_TAMIL_GLIDES: Final = ("", "ய", "வ")

_LATIN_CASES: Final[dict[str, Case]] = {
    **dict.fromkeys(
        "bata baata baat dekhi theke lirundhu ilirundhu lerundhu ilirunthu lirunthu larunthu"
        " lenthu len ilernthu lernthu vilirundhu yilirundhu walin yen wen ayen eng".split(), "from",
    ),
    **dict.fromkeys(
        "tira lai ayata vukku yukku kku ukku ku ikku yata wata ata walata".split(), "to"
    ),
    **dict.fromkeys(
        "ma maa te ete e ye y vil yil me mein mai il ile le la ila ill ley wala we aye yehi edi"
        " yedi ey".split(), "at",
    ),
    **dict.fromkeys("ko ka ke ki er r oda ge 's s".split(), "of"),
    "ta": "to",
}  # fmt: skip
_LATIN_STEM: Final = 4
_ONE_LETTER_STEM: Final = 5
"""A single letter more makes a word of many a shorter name: Nice, nicer."""
_LATIN_ENDING: Final = 9

_LATIN_BEGINNINGS: Final[tuple[tuple[str, int, Case], ...]] = (
    ("l'", 2, ""), ("d'", 3, "of"), ("qu'", 3, ""), ("fel", 4, "at"), ("fil", 4, "at"),
    ("bel", 4, "at"), ("bil", 4, "at"), ("lel", 4, "to"), ("mel", 4, "from"), ("mnel", 4, "from"),
    ("mn", 4, "from"), ("wel", 4, ""), ("el", 4, ""), ("al", 4, ""), ("b", 5, "at"),
    ("f", 5, "at"), ("l", 5, "to"), ("3al", 4, "to"), ("3", 5, "to"), ("w", 5, ""),
)  # fmt: skip
"""What Arabic in Latin letters and French join to a name, and how long the name must be."""

_ARABIC_BEGINNINGS: Final[tuple[tuple[str, Case], ...]] = (
    ("وبال", "at"), ("ولل", "to"), ("وال", ""), ("بال", "at"), ("فال", ""), ("كال", ""),
    ("عال", "to"), ("هال", ""), ("لل", "to"), ("ال", ""), ("وب", "at"), ("ول", "to"),
    ("مال", "from"), ("و", ""), ("ب", "at"), ("ف", ""), ("ل", "to"), ("ع", "to"),
)  # fmt: skip
_ETHIOPIC_BEGINNINGS: Final[dict[str, Case]] = {
    "የ": "of", "ለ": "to", "በ": "at", "ከ": "from", "እ": "", "ስለ": "", "ወደ": "to", "እስከ": "to",
}  # fmt: skip
_ETHIOPIC_ENDINGS: Final = ("ን", "ም", "ና", "ስ", "ኮ", "ዋ")

_RUSSIAN_CASES: Final[tuple[tuple[str, int, tuple[str, ...]], ...]] = (
    ("ия", 1, ("и", "ю", "ей", "и", "и")),
    ("ая", 2, ("ой", "ую", "ой", "ой", "ой")),
    ("ий", 2, ("ого", "ий", "им", "ом", "ому")),
    ("ый", 2, ("ого", "ый", "ым", "ом", "ому")),
    ("ое", 2, ("ого", "ое", "ым", "ом", "ому")),
    ("я", 1, ("и", "ю", "ей", "е", "е")),
    ("а", 1, ("ы", "у", "ой", "е", "е", "и")),
    ("ы", 1, ("ов", "ы", "ами", "ах", "ам", "")),
    ("й", 1, ("я", "й", "ем", "е", "ю")),
    ("ь", 1, ("и", "ь", "ью", "и", "и", "я", "е", "ю", "ем")),
)
_RUSSIAN_HARD: Final = ("а", "", "ом", "е", "у")
_RUSSIAN_STEM: Final = 3
_RUSSIAN_CONSONANTS: Final = frozenset("бвгджзклмнпрстфхцчшщ")
_SKELETON_LETTERS: Final = 5
_ROMAN_SKELETON: Final = 6


NO_PLACES: Final = frozenset(
    "elaichi alaichi chineko chibani luganda عروس hawaly pathaiya malakas quitó madyoon".split()
)
"""Everyday words that look like a name with something joined to it, or misspelt."""


ONLY_FIRST: Final = frozenset({"မလေး"})
"""Names that words end in, too, in scripts without spaces: ညီမလေး is a sister, no Malaysia."""


def fold(word: str) -> str:
    """Return `word` with what people write one way or another written one way."""
    if word.isascii():
        return word.casefold()
    plain = unicodedata.normalize("NFC", word).casefold().translate(_SPELT_ALIKE)
    return "".join(map(_ethiopic, plain)) if _ETHIOPIC.search(plain) else plain


def key_of(name: str) -> tuple[str, ...]:
    """Return the words of a name as they are looked up."""
    return tuple(fold(word) for word in WORD.findall(name))


def without_accents(name: str) -> str:
    """Return a name in plain Latin letters, or as it is if it has others."""
    if name.isascii():
        return name
    plain = unicodedata.normalize("NFKD", name)
    latin = "".join(c for c in plain if not unicodedata.combining(c))
    return latin if latin.isascii() else name


def endings(word: str) -> Iterator[tuple[str, Case]]:
    """Yield what `word` may be without its ending, longest first, and what that ending says."""
    if word.isascii():
        for cut in range(min(_LATIN_ENDING, len(word) - _LATIN_STEM), 0, -1):
            case = _LATIN_CASES.get(word[-cut:])
            if case is not None and (cut > 1 or word[-1] == "e" or len(word) > _ONE_LETTER_STEM):
                yield word[:-cut], case
    elif _INDIC.search(word):
        for cut in range(1, min(_INDIC_ENDING, len(word) - _INDIC_STEM) + 1):
            ending = word[-cut:]
            if ending in _INDIC_FOLDED:
                yield word[:-cut], _INDIC_FOLDED[ending]
            elif ending.startswith(_INDIC_KIND):
                yield word[:-cut], "kind"
    elif _TAMIL.search(word):
        yield from _tamil(word)
    elif word.endswith(_ETHIOPIC_ENDINGS):
        yield word[:-1], ""
    if _SHADDA in word:
        yield word.replace(_SHADDA, ""), ""


def beginnings(word: str) -> Iterator[tuple[str, Case]]:
    """Yield what `word` may be without what is joined before it, and what that says."""
    if _ETHIOPIC.search(word):
        for begins, case in _ETHIOPIC_BEGINNINGS.items():
            if word.startswith(begins):
                bare = word[len(begins) :]
                yield bare, case
                if bare.endswith(_ETHIOPIC_ENDINGS):
                    yield bare[:-1], case
    elif _ARABIC.search(word):
        for begins, case in _ARABIC_BEGINNINGS:
            if word.startswith(begins) and len(word) > len(begins) + 1:
                bare = word[len(begins) :].replace(_SHADDA, "")
                yield word[len(begins) :], case
                yield bare, case
                yield "ال" + bare, case
    elif _LATIN.search(word):
        for begins, letters, case in _LATIN_BEGINNINGS:
            if word.startswith(begins) and len(word) >= len(begins) + letters:
                yield word[len(begins) :], case


def russian_cases(key: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the other cases of a name in Russian, all its words in the same one."""
    tables = [_russian(word) for word in key]
    if not any(tables) or not tables[-1]:
        return
    for case in range(max(map(len, tables))):
        yield tuple(
            table[min(case, len(table) - 1)] if table else word
            for word, table in zip(key, tables, strict=True)
        )


def skeleton(word: str) -> str:
    """Return what is left of a word however its vowels and sibilants are spelt; "" if too little.

    Qatar, Katar, Kattar and Quatar have one skeleton, as have मलेशिया, मलेसिया and मलेसीया.
    """
    bones = word
    if not word.isascii():
        bones = word.translate(_BONES)
        return bones if len(bones) >= _SKELETON_LETTERS else ""
    for written, meant in _ROMAN:
        bones = bones.replace(written, meant)
    once = "".join(c for at, c in enumerate(bones) if at == 0 or c != bones[at - 1])
    return once if len(once) >= _ROMAN_SKELETON else ""


def retyped(word: str) -> Iterator[str]:
    """Yield what a word in plain Latin letters may be with two of them the other way round."""
    for at in range(1, len(word) - 1):
        yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _tamil(word: str) -> Iterator[tuple[str, Case]]:
    for ending, case in _TAMIL_CASES:
        if not word.endswith(ending) or len(word) - len(ending) < _TAMIL_STEM:
            continue
        stem = word[: -len(ending)]
        yield stem, case
        yield stem + _TAMIL_NO_VOWEL, case
        yield stem + "ு", case
        for glide in _TAMIL_GLIDES[1:]:
            if stem.endswith(glide):
                yield stem[: -len(glide)], case
        if len(stem) > 1 and stem[-1] == stem[-3:-2] and stem[-2] == _TAMIL_NO_VOWEL:
            yield stem[:-1], case  # ஓமன் doubles its last consonant, as short words do
        if stem.endswith((_TAMIL_OBLIQUE, _TAMIL_OBLIQUE + _TAMIL_NO_VOWEL)):
            yield stem.rstrip(_TAMIL_NO_VOWEL)[: -len(_TAMIL_OBLIQUE)] + "ம்", case


def _russian(word: str) -> tuple[str, ...]:
    for nominative, cut, cases in _RUSSIAN_CASES:
        if word.endswith(nominative) and len(word) - cut >= _RUSSIAN_STEM:
            return tuple(word[:-cut] + case for case in cases)
    if word and word[-1] in _RUSSIAN_CONSONANTS and len(word) >= _RUSSIAN_STEM:
        return tuple(word + case for case in _RUSSIAN_HARD)
    return ()


def _ethiopic(letter: str) -> str:
    for meant, alike in _ETHIOPIC_ALIKE:
        for first in alike:
            order = ord(letter) - ord(first)
            if 0 <= order < _ORDERS:
                letter = chr(ord(meant) + order)
    if letter in "ሃኣ":  # sound as the first order does
        return "ሀ" if letter == "ሃ" else "አ"
    return letter


_INDIC_FOLDED: Final = {fold(ending): case for ending, case in _INDIC_CASES.items()}
_ROMAN: Final = (
    ("ph", "f"), ("qu", "k"), ("kh", "k"), ("gh", "g"), ("dh", "d"), ("th", "t"), ("bh", "b"),
    ("ck", "k"), ("sh", "s"), ("ou", "u"), ("oo", "u"), ("ee", "i"), ("ei", "ai"), ("ay", "ai"),
    ("ey", "ai"), ("q", "k"), ("c", "k"), ("z", "s"), ("y", "i"), ("w", "u"), ("v", "b"),
)  # fmt: skip
_BONES: Final = str.maketrans(
    {
        # Devanagari
        **dict.fromkeys("ङँञ", "ं"), "ई": "इ", "ी": "ि", "ऊ": "उ", "ू": "ु", **dict.fromkeys("शष", "स"),
        "ै": "े", "ौ": "ो", "ण": "न", "व": "ब", "्": None,
        # Bangla
        **dict.fromkeys("ঙঁঞ", "ং"), "ঈ": "ই", "ী": "ি", "ঊ": "উ", "ূ": "ু",
        **dict.fromkeys("শষ", "স"),
        "ণ": "ন", "য": "জ", "্": None, "ৈ": "ে", "ৌ": "ো",
        # Tamil
        **dict.fromkeys("ஷஸஜ", "ச"), **dict.fromkeys("ணந", "ன"), "ற": "ர",
        **dict.fromkeys("ளழ", "ல"),
        "ே": "ெ", "ோ": "ொ", "ீ": "ி", "ூ": "ு", "்": None,
        # Sinhala
        **dict.fromkeys("ශෂ", "ස"), "ණ": "න", "ළ": "ල", "ථ": "ත", "ධ": "ද", "භ": "බ", "ඨ": "ට",
        "ේ": "ෙ", "ෝ": "ො", "ී": "ි", "ූ": "ු", "ෑ": "ැ", "්": None, "ඛ": "ක", "ඩ": "ද",
    }
)  # fmt: skip
