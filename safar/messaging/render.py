"""Turn a reply into the texts of a channel: SMS within its budget of segments, or WhatsApp."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

from pydantic import BaseModel, ConfigDict, Field

from safar.messaging.fold import fold
from safar.messaging.options import RESERVED_WORDS, OfferedOption, title_key
from safar.messaging.paging import Paper, fill, holds_sentences, pages
from safar.messaging.reply import Option, Reply, ReplyError, SourceRef
from safar.messaging.segments import (
    PART_LIMIT,
    SINGLE_LIMIT,
    Encoding,
    is_within,
    normal,
    utf16_units,
)
from safar.phrasing.values import Day, Items, Phone, Phrase, Ref, Text, Value

Channel = Literal["sms", "whatsapp"]

MORE = "more"
"""Id of the option that asks for the next page."""
MORE_NUMBER = 9
"""Its number, always: 1 to 8 are for the reply's own options."""
MOST_OPTIONS = MORE_NUMBER - 1

PROVIDER_LIMIT = 1500
"""UTF-16 code units of any one text; providers refuse a body above 1600."""

_RESERVED_KEYS = frozenset(map(title_key, RESERVED_WORDS))


class Words(Protocol):
    """What puts a phrase into words; `safar.phrasing.Catalogue` does."""

    def phrase(self, phrase: Phrase, variant: str, /) -> str:
        """Return the words of `phrase` in a variant (BCP 47)."""
        ...

    def sms_letters(self, variant: str, /) -> Mapping[int, str]:
        """Return the letters that a variant writes plainly in an SMS, for `str.translate`."""
        ...


class SmsBudget(BaseModel):
    """The most segments that one page may cost, by the encoding it turns out to need."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    gsm7: int = Field(default=2, ge=1)
    ucs2: int = Field(default=3, ge=1)

    def segments(self, encoding: Encoding) -> int:
        """Return the limit for an encoding."""
        return self.gsm7 if encoding == "GSM-7" else self.ucs2

    def holds(self, text: str) -> bool:
        """Tell whether a text is within the limit of its encoding."""
        return is_within(text, {"GSM-7": self.gsm7, "UCS-2": self.ucs2})

    @property
    def most_characters(self) -> int:
        """Characters that no page exceeds, whatever its encoding."""
        return max(
            SINGLE_LIMIT["GSM-7"],
            self.gsm7 * PART_LIMIT["GSM-7"],
            self.ucs2 * PART_LIMIT["UCS-2"],
        )


DEFAULT_SMS_BUDGET = SmsBudget()


class Rendered(BaseModel):
    """A reply in the form of a channel."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    texts: list[str]
    """To be sent now, in order; at least one."""
    rest: list[str] = []
    """Later pages, one for each time the person asks for more."""
    options: list[OfferedOption] = []
    """What a number or title means from now on, `more` included if there is a rest. Options
    that found no room in `texts` are shown on the last page, under the same numbers."""


def render(  # noqa: PLR0913, PLR0917 - one value each
    reply: Reply,
    catalogue: Words,
    variant: str,
    channel: Channel,
    sms_budget: SmsBudget = DEFAULT_SMS_BUDGET,
    heading: str = "",
) -> Rendered:
    """Return the texts that say `reply` in a variant on a channel.

    SMS: one page within the budget now, the rest page by page on request. The first page has
    the answer, where it comes from and, if it can be, the options; then come as many further
    parts as there is room for. WhatsApp: everything now, in as few texts as it takes.
    An urgent reply never puts the first number to call off to a later page, even if a source,
    the order of parts or the budget must give way.

    Args:
        reply: what to say.
        catalogue: where phrases get their words.
        variant: BCP 47 tag of the person's variant.
        channel: `"sms"` or `"whatsapp"`.
        sms_budget: segments of one SMS page.
        heading: first line of every text, see `heading_of`; it is counted in the budget.

    Raises:
        ReplyError: the reply has no words, more than eight options, or an option that could
            not be chosen; or the channel is unknown.
    """
    if channel not in get_args(Channel):
        raise ReplyError(f"There is no channel {channel!r}: use one of {get_args(Channel)}.")
    words = _Wording(catalogue, variant)
    said = [
        (number, part, text) for number, part in enumerate(reply.parts) if (text := words.say(part))
    ]
    if not said:
        raise ReplyError("The reply has nothing to say: give it at least one part with words.")
    whole, of_first, of_part = _sources(reply, said[0][0], words)
    options = _offer(reply.options, words)
    menu = _lines(options)
    asked = {option.id for option in reply.options if option.asked}
    pressed = [line for option, line in zip(options, menu, strict=True) if option.id in asked]
    hotline = _hotline([part for _, part, _ in said]) if reply.urgent else None
    # A source stands right below what it is the source of, so that no page parts them.
    texts = ["\n".join([text, *of_part.get(number, [])]) for number, _, text in said]
    head = f"{normal(heading).strip()}\n" if heading else ""
    if channel == "whatsapp":
        paper = Paper("\n\n", lambda text: _provider_takes(head + text), PROVIDER_LIMIT)
        texts[0] = "\n".join([texts[0], *of_first])
        openings = _openings(texts, hotline)
        content = _Content(openings, [], [*whole, *_block(menu)], [], [], hotline is not None)
        first, left = _first_page(content, paper)
        return Rendered(
            texts=[head + text for text in (first, *pages(left, paper))], options=options
        )
    letters = catalogue.sms_letters(variant)
    more_line = words.say(Phrase(id="reply.more", values={"number": Text(text=str(MORE_NUMBER))}))

    def fits(text: str) -> bool:
        return _provider_takes(text) and sms_budget.holds(fold(text, letters))

    paper = Paper("\n", lambda text: fits(head + text), sms_budget.most_characters, more_line)
    foot, *others = [*of_first, *whole] or [""]
    if not of_first and of_part:  # the first part has no source: another's would be a lie there
        foot, others = "", whole
    openings = _openings(texts, hotline)
    source = [foot] if foot else []
    content = _Content(openings, source, others, menu, pressed, hotline is not None)
    first, left = _first_page(content, paper)
    rest = [fold(head + page, letters) for page in pages(left, paper)]
    if rest and all(option.id != MORE for option in options):
        options.append(_offered(MORE_NUMBER, MORE, words.say(Phrase(id="reply.more_title"))))
    return Rendered(texts=[fold(head + first, letters)], rest=rest, options=options)


def heading_of(reply: Reply, catalogue: Words, variant: str) -> str:
    """Return the first line for a telephone that others look at, empty where none is needed.

    Above what may put a person in danger the line says nothing but who writes: it is what a locked
    screen shows, and the list of messages.
    """
    if not (reply.urgent or reply.sensitive):
        return ""
    return catalogue.phrase(Phrase(id="reply.neutral"), variant)


@dataclass(frozen=True)
class _Opening:
    """A way to begin: the parts that must come at once, and those that follow."""

    now: list[str]
    then: list[str]


@dataclass(frozen=True)
class _Content:
    """The blocks of a reply.

    Attributes:
        openings: ways to begin, best first; at least one.
        source: the line that belongs on the first page, or nothing.
        others: what follows the parts, on whichever page that is.
        options: the lines that go on the first page if the opening leaves room; without further
            parts as many of them as it has room for.
        asked: those of them that stand there before any further part.
        pressing: whether the opening has a number that must be on the first page, whatever
            becomes of source, options and the page's length.
    """

    openings: list[_Opening]
    source: list[str]
    others: list[str]
    options: list[str]
    asked: list[str]
    pressing: bool


class _Wording:
    """The catalogue in one variant, in the form in which texts are counted and sent."""

    def __init__(self, catalogue: Words, variant: str) -> None:
        self._catalogue = catalogue
        self._variant = variant

    def say(self, phrase: Phrase) -> str:
        return normal(self._catalogue.phrase(phrase, self._variant)).strip()

    def source(self, source: SourceRef) -> str:
        title: dict[str, Value] = {"title": Text(text=source.title)}
        if source.as_of is None:
            return self.say(Phrase(id="reply.source_undated", values=title))
        return self.say(
            Phrase(id="reply.source", values={**title, "as_of": Day(value=source.as_of)})
        )


def _sources(
    reply: Reply, first: int, words: _Wording
) -> tuple[list[str], list[str], dict[int, list[str]]]:
    """Return the lines of the sources: of the whole reply, of part `first`, of other parts."""
    whole: list[str] = []
    of_part: dict[int, list[str]] = {}
    for source in reply.sources:
        line = words.source(source)
        (whole if source.part is None else of_part.setdefault(source.part, [])).append(line)
    return whole, of_part.pop(first, []), of_part


def _hotline(said: Sequence[Phrase]) -> int | None:
    """Return which part has the first number to call."""
    return next((n for n, phrase in enumerate(said) if _calls(phrase.values)), None)


def _openings(texts: list[str], hotline: int | None) -> list[_Opening]:
    if hotline is None:
        return [_Opening(texts[:1], texts[1:])]
    in_order = _Opening(texts[: hotline + 1], texts[hotline + 1 :])
    number_first = _Opening([texts[hotline]], texts[:hotline] + texts[hotline + 1 :])
    return [in_order, number_first]


def _calls(values: Mapping[str, Value]) -> bool:
    """Tell whether a number to call is among the values of a phrase."""
    return any(_has_phone(value) for value in values.values())


def _has_phone(value: Value) -> bool:
    if isinstance(value, Items):
        return any(_has_phone(item) for item in value.items)
    return isinstance(value, Phone) or (isinstance(value, Ref) and _calls(value.values))


def _first_page(content: _Content, paper: Paper) -> tuple[str, list[str]]:
    """Fill the page that is sent at once; return it and the blocks that are left over."""
    source, menu = content.source, _block(content.options)
    best = content.openings[0]
    whole = [*best.now, *best.then, *source, *content.others, *menu]
    if paper.holds(*whole):
        return paper.join(whole), []
    for opening in content.openings:
        now, then = paper.join(opening.now), [*opening.then, *content.others]
        # A foot is only put under an opening that stays whole above it.
        if paper.holds(now, *source, *menu, paper.more):
            return fill([now, *then], paper, [*source, *menu])
        if paper.holds(now, *source, paper.more):
            shown = _shown(content, paper, [now, *source], alone=not then)
            left = _block([line for line in content.options if line not in shown])
            return fill([now, *then, *left], paper, [*source, *_block(shown)])
        # Half a sentence can say the opposite of the whole: sooner the source turns the page.
        undivided = content.pressing or not holds_sentences(now, paper, source)
        if undivided and paper.holds(now, paper.more):
            return fill([now, *source, *then, *menu], paper)
    # `now` is the shortest opening, and still too long for the page.
    if content.pressing and _provider_takes(paper.join([now, paper.more])):
        return paper.join([now, paper.more]), [*source, *then, *menu]
    return fill([now, *then, *menu], paper, source)


def _shown(content: _Content, paper: Paper, above: list[str], *, alone: bool) -> list[str]:
    """Return the options for the first page where not all have room: those that were asked for.

    Where nothing else would take the room, as many as there is room for.
    """
    shown: list[str] = []
    for line in content.options if alone else content.asked:
        if not paper.holds(*above, *_block([*shown, line]), paper.more):
            break
        shown.append(line)
    return shown


def _block(lines: Sequence[str]) -> list[str]:
    return ["\n".join(lines)] if lines else []


def _offer(options: Sequence[Option], words: _Wording) -> list[OfferedOption]:
    """Number the options, `more` always the same."""
    own = [option for option in options if option.id != MORE]
    if len(own) > MOST_OPTIONS:
        raise ReplyError(
            f"The reply has {len(own)} options, a menu takes {MOST_OPTIONS}: leave some out."
        )
    offered = [_offered(n, option.id, words.say(option.title)) for n, option in enumerate(own, 1)]
    offered += [
        _offered(MORE_NUMBER, MORE, words.say(option.title))
        for option in options
        if option.id == MORE
    ]
    ids_by_key: dict[str, str] = {}
    for option in offered:
        twin = ids_by_key.setdefault(title_key(option.title), option.id)
        if twin != option.id:
            raise ReplyError(f"Options {twin!r} and {option.id!r} have one title: reword one.")
    return offered


def _offered(number: int, option_id: str, title: str) -> OfferedOption:
    key = title_key(title)
    if not key or key.isdecimal():
        raise ReplyError(f"Option {option_id!r} needs a title with letters, to be chosen by.")
    if key in _RESERVED_KEYS:
        raise ReplyError(
            f"Option {option_id!r} has a title that carriers keep for themselves "
            f"({key.upper()}): reword it, the answer would never arrive."
        )
    return OfferedOption(number=number, id=option_id, title=" ".join(title.split()))


def _lines(options: Sequence[OfferedOption]) -> list[str]:
    return [f"{option.number} {option.title}" for option in options]


def _provider_takes(text: str) -> bool:
    return utf16_units(text) <= PROVIDER_LIMIT
