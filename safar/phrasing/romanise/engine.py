"""One word of an Indic script in Latin letters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from safar.phrasing.romanise.tables import BENGALI, DEVANAGARI, TABLES, TAMIL, Table

_VOICED = {"k": "g", "t": "d", "p": "b", "th": "dh"}
_NASALS = ("n", "m", "ng", "nj")
_LIPS = ("p", "b", "f", "m")
_SANDHI = (("k",), ("s",), ("th",), ("p",))
_VERB_ENDINGS = ("l", "t", "b", "ch")
"""First sounds of Bangla's verb endings in -e: "korle", "korte", "korbe", "korche"."""
_JOINERS = dict.fromkeys(map(ord, "\u200b\u200c\u200d"))


@dataclass(frozen=True)
class _Syllable:
    """Consonants, the vowel on them, and what closes it; `plain` if the vowel is inherent."""

    start: tuple[str, ...] = ()
    vowel: str = ""
    plain: bool = False
    close: str = ""


def table_of(letter: str) -> Table | None:
    """Return the table of the script that `letter` is of; None for every other script."""
    point = ord(letter)
    for table in TABLES:
        if table.block[0] <= point <= table.block[1]:
            return table
    return None


def romanise_word(word: str, *, ending: bool = False) -> str:
    """Return `word`, all of one script of `tables`, in Latin letters; other words unchanged.

    Args:
        word: letters of one script.
        ending: whether it is the end of a word whose beginning is written already.
    """
    parted = unicodedata.normalize("NFC", word.translate(_JOINERS))
    # Letters with a dot below have one form, whichever way they were typed.
    parted = "".join(
        unicodedata.normalize("NFD", letter) if "\u0958" <= letter <= "\u095f" else letter
        for letter in parted
    )
    parted = parted.replace("\u09df", "য\u09bc").replace("\u09dc", "ড\u09bc")
    parted = parted.replace("\u09dd", "ঢ\u09bc")
    # The sound of "a" in loan words: "app", "bank".
    parted = parted.replace("অ\u09cdযা", "আ").replace("\u09cdযা", "া")
    table = next(filter(None, map(table_of, parted)), None)
    if table is None:
        return word
    syllables = list(_syllables(parted, table))
    if table.drops_schwa:
        syllables = _without_silent_vowels(syllables, table, ending=ending)
    if table is TAMIL:
        syllables = _without_sandhi(syllables)
    if table is DEVANAGARI and not ending and len(syllables) <= 2:  # noqa: PLR2004 - "naam", "kaam", "saal"
        syllables = _long_where_alone(syllables)
    return _joined(syllables, table)


def _syllables(word: str, table: Table) -> Iterator[_Syllable]:
    at = 0
    while at < len(word):
        syllable, at = _one(word, at, table)
        while at < len(word) and word[at] in table.closing:
            following = _sound_at(word, at + 1, table)
            close = table.closing[word[at]]
            if close == "n" and following.startswith(_LIPS):
                close = "m"
            syllable = replace(syllable, close=syllable.close + close)
            at += 1
        yield syllable


def _one(word: str, at: int, table: Table) -> tuple[_Syllable, int]:
    letter = word[at]
    if letter in table.vowels and not _consonant(word, at, table)[1]:
        return _Syllable(vowel=table.vowels[letter]), at + 1
    start: list[str] = []
    while True:
        sound, length = _consonant(word, at, table)
        if not length:
            break
        start.append(sound)
        at += length
        if word[at : at + 1] != table.virama:
            break
        at += 1
    if not start and letter in table.signs:  # the beginning is written already
        return _Syllable(vowel=table.signs[letter]), at + 1
    if not start:  # a sign that the table lacks
        return _Syllable(start=(letter if letter.isdecimal() else "",)), at + 1
    if word[at - 1] == table.virama:
        return _Syllable(start=tuple(start)), at
    if word[at : at + 1] in table.signs and at < len(word):
        return _Syllable(start=tuple(start), vowel=table.signs[word[at]]), at + 1
    return _Syllable(start=tuple(start), vowel=table.inherent, plain=True), at


def _consonant(word: str, at: int, table: Table) -> tuple[str, int]:
    for letters, sound in table.clusters.items():
        if word.startswith(letters, at):
            return sound, len(letters)
    for length in (2, 1):
        letters = word[at : at + length]
        if len(letters) == length and letters in table.consonants:
            return table.consonants[letters], length
    return "", 0


def _sound_at(word: str, at: int, table: Table) -> str:
    return _consonant(word, at, table)[0] if at < len(word) else ""


def _without_silent_vowels(
    syllables: list[_Syllable], table: Table, *, ending: bool
) -> list[_Syllable]:
    """Drop inherent vowels that nobody says: the last one, and between two open syllables."""
    said = list(syllables)
    last = len(said) - 1
    if (last > 0 or ending) and said[last].plain and not said[last].close:
        # "mukto" and "shulko", but "report" and "agent": loan words end in the sound itself.
        heavy = table is BENGALI and len(said[last].start) > 1 and said[last].start[-1] != "t"
        if not heavy:
            said[last] = replace(said[last], vowel="", plain=False)
    if table is BENGALI and last > 1 and said[last - 1].plain and not said[last].start:
        said[last - 1] = replace(said[last - 1], vowel="", plain=False)  # "ekhon" and "i"
    for at in range(last - 1, 0, -1):
        here, before, after = said[at], said[at - 1], said[at + 1]
        if (
            here.plain
            and not here.close
            and len(here.start) == 1
            and before.vowel
            and after.vowel
            and len(after.start) == 1
            and not (table is BENGALI and _before_case_ending(after))
        ):
            said[at] = replace(here, vowel="", plain=False)
    return said


def _without_sandhi(syllables: list[_Syllable]) -> list[_Syllable]:
    """Drop the stop that a Tamil word takes over from the next one: nobody texts it."""
    last = syllables[-1]
    if len(syllables) > 2 and not last.vowel and last.start in _SANDHI:  # noqa: PLR2004
        return syllables[:-1]
    return syllables


def _before_case_ending(after: _Syllable) -> bool:
    """Whether a noun's own last vowel stands before -e or -er: "betoner", "bipode"."""
    return after.vowel == "e" and after.start[0] not in _VERB_ENDINGS


def _long_where_alone(syllables: list[_Syllable]) -> list[_Syllable]:
    first = syllables[0]
    closed = len(syllables) == 2 and not syllables[1].vowel  # noqa: PLR2004
    if closed and first.vowel == "a" and not first.plain and first.start:
        return [replace(first, vowel="aa"), *syllables[1:]]
    return syllables


def _joined(syllables: list[_Syllable], table: Table) -> str:
    text = ""
    for syllable in syllables:
        for number, sound in enumerate(syllable.start):
            said = sound
            if table is TAMIL:
                said = _tamil(text, sound, syllable, number)
            elif table is BENGALI and sound == "j" and number > 0:
                said = "y"  # the second letter of a cluster: "bybohar"
            elif number > 0 and text.endswith(sound) and len(sound) > 1:
                said = sound  # "chchh", "tth": as people double them
            text += said
        text += syllable.vowel + syllable.close
    return text


def _tamil(before: str, sound: str, syllable: _Syllable, number: int) -> str:
    """Return a stop as it sounds where it stands: hard at the start and doubled, else soft."""
    doubled = len(syllable.start) > 1 and (
        syllable.start[number - 1] == sound if number else syllable.start[1:2] == (sound,)
    )
    if not before or doubled:
        if sound == "th" and doubled and number == 0:
            return "t"  # "tth", not "thth"
        return sound
    if sound == "th":
        return "dh" if before.endswith("n") else "th"
    if sound in _VOICED and (before.endswith(_NASALS) or before[-1] in "aeiou"):
        alone = len(syllable.start) == 1 or before.endswith(_NASALS)
        return _VOICED[sound] if alone and syllable.vowel else sound
    return sound
