"""How each script's letters are written in Latin ones by people who text, not by scholars.

One table a script: `consonants` without their inherent vowel, `vowels` that stand alone,
`signs` of vowels on a consonant, and the few signs that close a syllable.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True)
class Table:
    """The letters of one script.

    Attributes:
        inherent: the vowel that a bare consonant has.
        virama: the sign that takes it away.
        closing: signs after a syllable (nasals, visarga) and what they are written as.
        clusters: consonants written together that are not the sum of their parts.
        drops_schwa: whether the inherent vowel is silent at the end of words and between
            syllables, as in Hindi and Bangla.
    """

    block: tuple[int, int]
    inherent: str
    virama: str
    consonants: dict[str, str]
    vowels: dict[str, str]
    signs: dict[str, str]
    closing: dict[str, str]
    clusters: dict[str, str] = field(default_factory=dict)
    drops_schwa: bool = False


def _pairs(text: str) -> dict[str, str]:
    """Read "क=k ख=kh"; a letter with nothing after the sign is written as nothing."""
    return dict(part.partition("=")[::2] for part in text.split())


DEVANAGARI: Final = Table(
    block=(0x0900, 0x097F),
    inherent="a",
    virama="\u094d",
    consonants=_pairs(
        "क=k ख=kh ग=g घ=gh ङ=n च=ch छ=chh ज=j झ=jh ञ=n ट=t ठ=th ड=d ढ=dh ण=n त=t थ=th द=d ध=dh न=n "
        "प=p फ=f ब=b भ=bh म=m य=y र=r ल=l व=v श=sh ष=sh स=s ह=h ळ=l"
    )
    | {
        "क\u093c": "q",
        "ख\u093c": "kh",
        "ग\u093c": "g",
        "ज\u093c": "z",
        "ड\u093c": "d",
        "ढ\u093c": "dh",
        "फ\u093c": "f",
        "य\u093c": "y",
    },
    vowels=_pairs("अ=a आ=aa इ=i ई=i उ=u ऊ=u ऋ=ri ए=e ऐ=ai ओ=o औ=au ऑ=o ऍ=e"),
    signs=_pairs("ा=a ि=i ी=i ु=u ू=u ृ=ri े=e ै=ai ो=o ौ=au ॉ=o ॅ=e"),
    closing=_pairs("ं=n ँ=n ः=h"),
    clusters=_pairs("ज्ञ=gy क्ष=ksh"),
    drops_schwa=True,
)

BENGALI: Final = Table(
    block=(0x0980, 0x09FF),
    inherent="o",
    virama="\u09cd",
    consonants=_pairs(
        "ক=k খ=kh গ=g ঘ=gh ঙ=ng চ=ch ছ=ch জ=j ঝ=jh ঞ=n ট=t ঠ=th ড=d ঢ=dh ণ=n ত=t থ=th দ=d ধ=dh ন=n "
        "প=p ফ=f ব=b ভ=bh ম=m য=j র=r ল=l শ=sh ষ=sh স=s হ=h ৎ=t"
    )
    | {"য\u09bc": "y", "ড\u09bc": "r", "ঢ\u09bc": "rh"},
    vowels=_pairs("অ=o আ=a ই=i ঈ=i উ=u ঊ=u ঋ=ri এ=e ঐ=oi ও=o ঔ=ou"),
    signs=_pairs("া=a ি=i ী=i ু=u ূ=u ৃ=ri ে=e ৈ=oi ো=o ৌ=ou"),
    closing=_pairs("ং=ng ঁ= ঃ=h"),
    clusters=_pairs("ক্ষ=kkh জ্ঞ=gg ঞ্জ=nj ঞ্চ=nch চ্ছ=cch য্য=jj ওয়=w"),
    drops_schwa=True,
)

TAMIL: Final = Table(
    block=(0x0B80, 0x0BFF),
    inherent="a",
    virama="\u0bcd",
    # Voicing of the five stops is a matter of their place: see `engine`.
    consonants=_pairs(
        "க=k ங=ng ச=s ஞ=nj ட=t ண=n த=th ந=n ப=p ம=m ய=y ர=r ல=l வ=v ழ=zh ள=l ற=r ன=n "
        "ஜ=j ஷ=sh ஸ=s ஹ=h"
    ),
    vowels=_pairs("அ=a ஆ=aa இ=i ஈ=ee உ=u ஊ=oo எ=e ஏ=e ஐ=ai ஒ=o ஓ=o ஔ=au"),
    signs=_pairs("ா=aa ி=i ீ=ee ு=u ூ=oo ெ=e ே=e ை=ai ொ=o ோ=o ௌ=au"),
    closing=_pairs("ஃ=f"),
    clusters=_pairs("க்ஷ=ksh ற்ற=tr ன்ற=ndr ஞ்ச=nj ங்க=ng ச்ச=ch ட்ச=tch ற்ச=rch"),
)

SINHALA: Final = Table(
    block=(0x0D80, 0x0DFF),
    inherent="a",
    virama="\u0dca",
    consonants=_pairs(
        "ක=k ඛ=kh ග=g ඝ=g ඞ=n ඟ=ng ච=ch ඡ=ch ජ=j ඣ=j ඤ=n ඥ=gn ට=t ඨ=t ඩ=d ඪ=d ණ=n ඬ=nd ත=th ථ=th "
        "ද=d ධ=dh න=n ඳ=nd ප=p ඵ=p බ=b භ=b ම=m ඹ=mb ය=y ර=r ල=l ව=w ශ=sh ෂ=sh ස=s හ=h ළ=l ෆ=f"
    ),
    vowels=_pairs("අ=a ආ=aa ඇ=a ඈ=e ඉ=i ඊ=i උ=u ඌ=u එ=e ඒ=e ඓ=ai ඔ=o ඕ=o ඖ=au ඍ=ru"),
    signs=_pairs("ා=a ැ=a ෑ=e ි=i ී=i ු=u ූ=u ෙ=e ේ=e ෛ=ai ො=o ෝ=o ෞ=au ෘ=ru"),
    closing=_pairs("ං=n ඃ=h"),
)

TABLES: Final = (DEVANAGARI, BENGALI, TAMIL, SINHALA)
