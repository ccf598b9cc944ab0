"""Tells what part a place has in a person's journey from the words around it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from safar.registry.place_forms import Case, fold

Role = Literal["origin", "destination"]
Cue = Literal["", "from", "self", "born", "to", "at", "of", "kind"]
"""A `Case`, or: the writer says to come from there (self) or to be of its people (born)."""


def _words(line: str) -> frozenset[str]:
    return frozenset(map(fold, line.split()))


def _codes(line: str) -> frozenset[str]:
    return frozenset(line.split())


_ARTICLES: Final = _words(
    "the el al la le les los las l ال yung ang negara nước nuoc nchi ya country город города г"
    " республики республику your my our ang mga lungsod kota دوله مدينه ملك"
)
_FROM_BEFORE: Final = _words(
    "from ex leaving left leave galing taga mula buhat dari dr asal kutoka natoka ninatoka natokea"
    " nimetoka tunatoka anatoka kutokea من men mn min mel mni từ desde depuis quitté quitte quitter"
    " quittant из с со"
)
_FROM_AFTER: Final = _words(
    "bata baata baat dekhi बाट देखि se sai से سے سی থেকে হতে theke thake hote thaika থাইকা থেইকা"
    " nationality citizen සිට ඉඳන් ඉඳලා ඉදන් ඉදලා idan indan indala sita sitan இருந்து irundhu"
    " irunthu irunthe lerundhu lirundhu larundhu larunthu lernthu"
)
_FROM_AFTER_LA: Final = _words("irundhu irunthu irunthe irundu இருந்து")
"""Tamil in two words: "qatar la irundhu"."""
_OWN_COUNTRY: Final = _words(
    "soy somos vengo venimos salgo salimos originario originaria viajo viens jviens venons suis"
    " sommes pars partons originaire vient arrive arrivé"
)
"""What stands before "de X" when X is whence the writer comes."""
_OWN_FROM: Final = _words("am i'm im me asal natoka ninatoka taga сам сама родом is we're come")
_OF_BEFORE: Final = _words("de del du des d' d of")
_TO_BEFORE: Final = _words(
    "lal to into for reach reaching towards papuntang papunta patungong patungo pa ke kwenda naenda"
    " kuelekea الى ماشي رايح مسافر طالع ila ela 3a 3al lel la rayeh ray7 machi ghadi going sang đi"
    " qua đến tới nước nuoc về a para hacia hasta rumbo pa' à vers pour au aux до для ወደ l ل"
    " tujuan menuju"
)
_AT_BEFORE: Final = _words(
    "in at inside sa nasa di huko hapa katika nchini في ب fe fi f fel b bel bi en dans chez ở bên"
    " ben tại в во на под ساكن"
)
_BEFORE: Final = _FROM_BEFORE | _OF_BEFORE | _TO_BEFORE | _AT_BEFORE
_TO_AFTER: Final = _words(
    "jana jane jaana jane jaane ja jau jabo jaabo jete jaite tira lai जाना जाने जान जाँदै"
    " जाने लाई तिर যাব যাবো যেতে যাওয়া যাইতে যাওয়ার جانا جانے ku kku poga poganum yanna yana යන්න"
    " යන යනවා போக போகணும் ውስጥ ዉስጥ liye"
)
_AT_AFTER: Final = _words(
    "ma maa me mein mai mei main men mya par e te la le il wala we मा में मे पर میں مین پر তে এ"
    " ல லே ekedi වල වලදී"
)
_OF_AFTER: Final = _words("ko ka ke ki को का के की کا کے کی r er এর র ge ගේ")
_FLYING: Final = _words("bay fly flying bound xuất")
_RETURNING: Final = _words(
    "return returning back rescue rescued rescuing stuck send sending sent remit remittance"
    " transfer deport deported repatriate repatriation evacuate uwi pauwi pauwiin padala ipadala"
    " pulang dipulangkan mudik kirim mengirim transfer kurudi kutuma tuma kurejea gửi gui về ve"
    " retour rentrer rentre rapatrier rapatriement envoyer envoie j'envoie virement retorno"
    " regresar regreso volver enviar envío envio mandar giro repatriar ارجع يرجع ارجاع رجوع العوده"
    " عوده بالعوده ترحيل احول تحويل حواله ابعت ارسل يستقبل ارسال arga3 rja3 nrja3 terhil a7awel"
    " nsifet tahwil ab3at hawala hawale 7awala 7awale الخروج"
    " اخرج farkina farkine farkinu फर्किन फर्कन फर्किने उद्धार pathauna"
    " pathaune पठाउन पठाउने लौटना लौटने वापस wapas wapis wapsi واپس واپسی bhejna bhejne भेजना भेजने"
    " بھیجنا بھیجنے पैसे paise পাঠাব পাঠাইছি পাঠাতে ফিরতে ফেরত pathabo pathate ferot firte"
    " вернуть вернуться возвращение выехать уехать слать отправить перевести перевод деньги"
    " депортация домой anuppa அனுப்ப திரும்ப thirumba යවන්න ආපසු apasu yawanna ለመመለስ መመለስ ለመላክ"
)
"""Who sends money or goes home from a country is in it."""
_SELF: Final = _words(
    "am i'm im as soy somos moi suis sommes saya aku sy ako ako'y ni mimi ana انا я म मैं ami আমি"
    " naan nan நான் mama මම እኔ tôi toi em mình"
)
_SELF_IF_SO: Final = _words("main mein mai me ma hum میں ہم हम")
"""I, or in: only where "am" follows."""
_SELF_AFTER: Final = _words("hu hun hoon hoo ho हूँ हूं हुँ हु हो ہوں here ako aq ነኝ")
_FILLERS: Final = _words("a an ni là la người nguoi orang ek un une isang ek एक যে একজন")
_SPOKEN_BEFORE: Final = _words("bel bil b")
"""Before the name of a people it is their language that is meant."""
_LANGUAGE_BEFORE: Final = _words(
    "bahasa bhs bhsa lugha tiếng tieng wika salitang loghat lo8a idioma"
)
_PEOPLE_BEFORE: Final = _words("orang người nguoi warga wong")
_MISSION_AFTER: Final = _words(
    "embassy consulate consul consular embassie rajdutawas dutabas rajdutabas दूतावास राजदूतावास"
    " राजदुतावास दूतावासको সফারাত দূতাবাস দূতাবাসের سفارت سفارتخانہ قونصلیٹ தூதரகம் தூதரக තානාපති ኤምባሲ"
)
_MONEY_AFTER: Final = _words(
    "riyal riyals rial rials dinar dinars dirham dirhams dollar ringgit baht rupee rupees रियाल"
    " दिनार दिरहम রিয়াল দিনার ريال دينار درهم"
)
_MONEY_ENDINGS: Final = ("i", "ी", "ی", "ي", "ি", "ni", "n")
_RICH: Final = _codes(
    "AU AT BE BG BN CA CH CN CY CZ DE DK EE ES FI GB GR HR HU IE IL IQ IS IT JP LT LU LV LY MO MT"
    " MU MV NL NO NZ PL PT RO RS SE SI SK TR TW US"
)
"""People go to these for work, if the registry does not say so: who writes from one is there."""
_LEFT: Final = _codes(
    "AF AL AM BF BI BJ BO CD CG CI CM CU DO EG ER GH GM GN GT HN HT KG KM MA MD MG ML MN MR MW MZ"
    " NE NG NI PE PY RW SD SL SN SO SS SV SY TD TG TJ TM TN TZ UZ VE YE ZM ZW"
)
"""People leave these for work, if the registry does not say so."""
_TAKEN_TO: Final = _codes("MM KH VN")
"""People of other languages are taken there; their own have scripts of their own."""
_FEW: Final = 1
_NAMES_ONLY: Final = _words("en de desde del nước")
"""Words before which a name that is a word as well is one, even in small letters: "en chile"."""
_ADDRESSES: Final = _words(
    "anh chị em chú cô bác ông bà cậu dì thằng con tên bạn chi chu co bac ong ba cau di thang ten"
    " ban và va"
)
_RUN_BEFORE: Final[tuple[tuple[str, Cue], ...]] = (
    ("មកពី", "from"), ("ពី", "from"), ("ភាសា", "kind"), ("ជនជាតិ", "kind"), ("ទៅ", "to"),
    ("នៅ", "at"), ("ក្នុង", "at"), ("ឯ", "to"), ("ដល់", "to"), ("មក", "to"), ("ចូល", "to"),
)  # fmt: skip
_RUN_COUNTRY: Final = ("နိုင်ငံ", "ပြည်", "မြို့", "ဘက်")
_RUN_BEHIND: Final[tuple[tuple[str, Cue], ...]] = (
    ("ကလူ", "kind"), ("ကနေ", "from"), ("ကလာ", "from"), ("မှာ", "at"), ("မှ", "from"),
    ("ထဲ", "at"), ("ကို", "to"), ("သို့", "to"), ("လို့", ""), ("လို", "kind"), ("ဘာသာ", "kind"),
    ("စာချုပ်", ""), ("စာ", "kind"), ("စကား", "kind"), ("အလုပ်သမား", "kind"), ("တွေ", "kind"),
    ("လူ", "kind"), ("သား", "kind"), ("မတွေ", "kind"), ("သံရုံး", "of"), ("တွင်", "at"),
)  # fmt: skip
"""What stands around a name in scripts without spaces; longer words before shorter ones."""


@dataclass(frozen=True)
class Seen:
    """A place named in a text and what the words around it say of it."""

    country: str
    cue: Cue


@dataclass(frozen=True)
class Around:
    """The words of a text, one of its names at [index, after), and what is joined to that name."""

    words: Sequence[str]
    index: int
    after: int
    case: Case

    def before(self, back: int) -> str:
        """Return the word `back` words before the name, or nothing."""
        return self.words[self.index - back] if self.index >= back else ""

    def behind(self, on: int = 0) -> str:
        """Return the word `on` words behind the one after the name, or nothing."""
        return self.words[self.after + on] if self.after + on < len(self.words) else ""


def cue_of(around: Around) -> Cue:
    """Return what the words next to a name say of it."""
    if around.after - around.index > 1 and around.words[around.index] in _BEFORE:
        around = replace(around, index=around.index + 1)  # "đi nhật" is a name in the registry
    if around.case == "from":
        return "from"
    if around.case == "kind" or around.before(1) in _LANGUAGE_BEFORE | _PEOPLE_BEFORE:
        people = around.before(1) in _PEOPLE_BEFORE
        return "born" if people and around.before(2) in _SELF | _FILLERS else "kind"
    name = around.words[around.after - 1]
    if around.behind() in _MONEY_AFTER and name.endswith(_MONEY_ENDINGS):
        return "kind"
    told = _before(around)
    return _after(around, around.case) if told is None else told


def _before(around: Around) -> Cue | None:
    """Return what the word before a name says of it; None if it is no such word."""
    back = 2 if around.before(1) in _ARTICLES and around.before(2) else 1
    before = around.before(back)
    if before in _OF_BEFORE or around.case == "of":
        earlier = around.before(back + (before in _OF_BEFORE))
        return "self" if earlier in _OWN_COUNTRY else around.case
    if before in _FROM_BEFORE:
        return "self" if around.before(back + 1) in _OWN_FROM else "from"
    if before in _AT_BEFORE:
        return "from" if around.behind() in _FLYING else "at"
    return "to" if before in _TO_BEFORE else None


def _after(around: Around, otherwise: Cue) -> Cue:
    after, then = around.behind(), around.behind(1)
    if after in _FROM_AFTER or (after in _AT_AFTER and then in _FROM_AFTER_LA):
        return "from"
    if after in _MISSION_AFTER and otherwise == "of":
        return "kind"
    if after in _TO_AFTER:
        return "to"
    if after in _AT_AFTER:
        return "at"
    return "of" if after in _OF_AFTER else otherwise


def cue_in_run(before: str, name: str, behind: str) -> Cue:
    """Return what is written around a name in a script without spaces says of it."""
    for written, cue in _RUN_BEFORE:
        if before.endswith(written) or name.startswith(written):
            return cue
    for country in _RUN_COUNTRY:
        behind = behind.removeprefix(country)
    for written, cue in _RUN_BEHIND:
        if behind.startswith(written):
            return cue
    return ""


def stands_for_name(before: str, written: bool, among_names: bool, vietnamese: bool) -> bool:
    """Whether a name that is an everyday word as well stands as names do.

    Args:
        before: the word before it.
        written: whether it has a capital letter in a text that is not all capitals.
        among_names: whether a word next to it has one, so that it may be part of a longer name.
        vietnamese: whether the writer's language is Vietnamese, which names no place otherwise.
    """
    if not written:
        return before in _NAMES_ONLY
    if before in _TO_BEFORE or before in _AT_BEFORE or before in _FROM_BEFORE:
        return True
    return vietnamese and bool(before) and not among_names and before not in _ADDRESSES


def cue_of_people(around: Around) -> Cue:
    """Return whether the name of a people is said of the writer: "I am Kenyan".

    Nothing if it is not said of anybody, so that it may be a country's name after all.
    """
    if around.before(1) in _SPOKEN_BEFORE | _PEOPLE_BEFORE | _LANGUAGE_BEFORE:
        return "kind"
    back = 2 if around.before(1) in _FILLERS else 1
    so = around.behind() in _SELF_AFTER or around.behind(1) in _SELF_AFTER
    said = around.before(back) in _SELF or (so and around.before(back) in _SELF_IF_SO)
    first = around.index == 0 and (
        around.behind() in _SELF_AFTER
        or (around.behind() in _AT_BEFORE | _TO_BEFORE and not _many(around.words[0]))
    )
    we = around.before(1) == "are" and around.before(2) == "we"
    return "born" if said or first or we else ""


def _many(people: str) -> bool:
    """Whether a people's name is a plural, as is said of others: "Kenyans in Lebanon"."""
    return people.endswith("s") and not people.endswith(("ais", "ois"))


def decide(
    seen: Sequence[Seen],
    roles: Mapping[str, Collection[str]],
    home: Collection[str],
    words: Collection[str],
    others: int,
) -> list[Role | None]:
    """Return the part of each place in the journey; None if it is only spoken of.

    Args:
        seen: the places of a text, in order.
        roles: for each country of the registry, whether people leave it or go to it.
        home: countries that the writers of the language come from, where that is known.
        words: the words of the text.
        others: how many of them are no part of a place's name.
    """
    returning = not _RETURNING.isdisjoint(words)
    journey = _Journey(seen, roles, home, returning, others <= _FEW)
    return [journey.role(place) for place in seen]


@dataclass(frozen=True)
class _Journey:
    seen: Sequence[Seen]
    roles: Mapping[str, Collection[str]]
    home: Collection[str]
    returning: bool
    alone: bool

    def role(self, place: Seen) -> Role | None:
        country, cue = place.country, place.cue
        role: Role | None = "destination"
        if cue == "kind":
            role = None
        elif cue == "born":
            role = "origin"
        elif cue == "self":
            role = "destination" if self._gone_to(country) else "origin"
        elif self._own(country):
            role = self._role_of_own(place)
        elif cue == "from":
            there = self._rich(country) and (self.home or not self._elsewhere(place))
            role = "destination" if there or self.returning else "origin"
        elif cue in ("to", "at"):
            home_again = self.returning and any(other.cue == "from" for other in self.seen)
            on_the_way = cue == "at" and any(other.cue == "to" for other in self.seen)
            if self._left(country) and (home_again or (on_the_way and self._elsewhere(place))):
                role = "origin"
        elif self._left(country) and self._elsewhere(place):
            role = "origin"
        return role

    def _role_of_own(self, place: Seen) -> Role | None:
        if place.cue in ("", "from"):
            return "origin"
        if self.home:
            return "origin" if self.alone or place.cue == "to" else None
        if place.cue in ("of", "at"):
            return "origin"
        back = self.returning or any(other.cue == "from" for other in self.seen)
        return "origin" if back else "destination"

    def _own(self, country: str) -> bool:
        if self.home or (country in _TAKEN_TO and not self.alone):
            return country in self.home
        return self._only(country, "origin")

    def _elsewhere(self, place: Seen) -> bool:
        """Whether the text names another country that the person can be on the way to."""
        return any(
            other.country != place.country
            and other.cue in ("", "to", "at")
            and not self._own(other.country)
            and (other.cue != "" or self._rich(other.country))
            for other in self.seen
        )

    def _gone_to(self, country: str) -> bool:
        return self._only(country, "destination")

    def _rich(self, country: str) -> bool:
        return self._gone_to(country) or (country in _RICH and country not in self.home)

    def _left(self, country: str) -> bool:
        if country in _TAKEN_TO:
            return self._own(country)
        return self._own(country) or country in _LEFT or self._only(country, "origin")

    def _only(self, country: str, role: Role) -> bool:
        return tuple(self.roles.get(country, ())) == (role,)
