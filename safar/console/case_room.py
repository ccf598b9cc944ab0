"""What the pages of one case share: reading it, showing it, doing something in it once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from babel.numbers import format_currency
from fastapi import Request, Response

from safar.cases import canned, glossary
from safar.cases.canned import GAP, CannedReplies, CannedReply
from safar.cases.errors import CaseRefusedError
from safar.cases.glossary import Glossary
from safar.cases.handling import Outcome
from safar.cases.office_of import plan_dir
from safar.cases.rows import Case
from safar.cases.shelf import Shelf
from safar.cases.transcript import fingerprint
from safar.console.case_sentences import channel_name
from safar.console.case_view import Looking, View, Viewer, own_case
from safar.console.case_words import OUTCOMES
from safar.console.house import House
from safar.console.i18n import Words, marked
from safar.console.rendering import fragment, page, words_of
from safar.console.replying import MOST_SEGMENTS, Draft, draft
from safar.console.routing import redirect
from safar.console.signed_in import SignedIn
from safar.console.telling import values_of, variant_of
from safar.gateway.danger_words import DangerWords
from safar.gateway.reach import Way, way_to
from safar.phrasing.templates import fill
from safar.phrasing.values import Phrase, Text
from safar.store import form_marks
from safar.store.database import Tx
from safar.store.errors import StoreUnavailableError

_HEX: Final = "0123456789abcdef"
_MARK_LENGTH: Final = 32
_UNAVAILABLE: Final = marked(
    "The store does not answer just now. Nothing was changed. Try again in a moment."
)
_OLD_FORM: Final = marked("This form is too old. Nothing was done. Send it once more.")

DONE: Final[Mapping[str, str]] = {
    "acknowledge": marked("The case is acknowledged, and it is yours."),
    "take": marked("You have the conversation now. The assistant is silent."),
    "reply": marked("The reply is queued."),
    "note": marked("The note is kept."),
    "assign": marked("Your colleague has the case now."),
    "hand-back": marked("The assistant has the conversation again, and the person was told so."),
    "hand-back-untold": marked(
        "The assistant has the conversation again. The person could not be told."
    ),
    "take-untold": marked(
        "You have the conversation now. The assistant is silent. The person could not be told."
    ),
    "close": marked("The case is closed, and the person was told so."),
    "close-untold": marked("The case is closed. The person could not be told."),
    "reopen": marked("The case is open again."),
    "link": marked("The two cases are linked."),
    "unlink": marked("The link is gone."),
    "again": marked("This form was sent before, and counted once. See how the case stands."),
}


Deed = Callable[[Tx, Case, str], object]
"""Does what a form asks for: in the transaction, for the case, with a key that is the same when the
same form is sent again. False: it was done, and the person could not be told."""


@dataclass(frozen=True)
class Refusal:
    """That something was not done: in which form, and why."""

    form: str
    sentence: str


@dataclass(frozen=True)
class Extra:
    """What a page shows beside the case.

    Attributes:
        done: What was just done, a key of `DONE`.
        typed: What was written in forms that were refused, by field.
        number: The telephone, for this one answer.
        translations: Of texts, by their number, for this one answer.
    """

    done: str = ""
    refused: Refusal | None = None
    typed: Mapping[str, str] = field(default_factory=dict, repr=False)
    number: str | None = field(default=None, repr=False)
    translations: Mapping[int, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Ready:
    """An answer kept ready, in the words of the worker and of the officer."""

    id: str
    text: str = field(repr=False)
    lang: str
    dir: str
    own: str = field(repr=False)
    own_lang: str


class CaseRoom:
    """The page of one case; one for all pages of a process."""

    def __init__(self, house: House) -> None:
        """Keep the surroundings; the files of the content are read when they are needed."""
        self.house = house
        folder = partial(plan_dir, house.settings)
        self._replies: Shelf[CannedReplies] = Shelf(
            canned.FILE, folder, canned.load_replies, CannedReplies()
        )
        self._glossary: Shelf[Glossary] = Shelf(
            glossary.FILE, folder, glossary.load_glossary, Glossary()
        )

        self._in_danger = DangerWords(house.registry).are_in

    def show(
        self, request: Request, me: SignedIn, number: int, extra: Extra, status: int = 200
    ) -> Response:
        """Return the whole page.

        Raises:
            UnknownCaseError: There is no such case for them.
        """
        words = words_of(request, me)
        with self.house.database.read() as tx:
            case = own_case(tx, me, number)
            view = self._view(tx, words, case)
        typed = extra.typed.get("text", "")
        return page(
            request,
            me,
            "case/case.html",
            status,
            view=view,
            extra=extra,
            done=words(DONE[extra.done]) if extra.done in DONE else "",
            outcomes=[(each.value, words(OUTCOMES[each.value])) for each in Outcome],
            ready=self._ready(case, words),
            news="",
            **self._of_reply(words, case, view.way, typed),
            **self._always(number),
        )

    def live(
        self, request: Request, me: SignedIn, number: int, seen: tuple[str, str, int]
    ) -> Response:
        """Return what is new since a page was made; 204 where nothing is.

        Args:
            request: The call.
            me: Who looks.
            number: At which case.
            seen: The mark and the stand that the page was made of, and its last text's number.

        Raises:
            UnknownCaseError: There is no such case for them.
        """
        mark, stand, last = seen
        words = words_of(request, me)
        with self.house.database.read() as tx:
            case = own_case(tx, me, number)
            if fingerprint(tx, case.id) == mark:
                return Response(status_code=204)
            view = self._view(tx, words, case)
        new = sum(line.kind == "worker" and line.id > last for line in view.lines)
        return fragment(
            request,
            me,
            "case/live.html",
            view=view,
            extra=Extra(),
            stand=stand,
            news=words.ngettext("%(num)s new text.", "%(num)s new texts.", new)
            if new
            else words("The case has changed."),
            **self._always(number),
        )

    def reply_box(
        self, request: Request, me: SignedIn, number: int, text: str, template: str
    ) -> Response:
        """Return the box for the reply, or only what is said below it, with a text in it.

        Raises:
            UnknownCaseError: There is no such case for them.
        """
        words = words_of(request, me)
        with self.house.database.read() as tx:
            case = own_case(tx, me, number)
            way = way_now(tx, self.house, case)
        given = self._of_reply(words, case, way, text)
        return fragment(request, me, template, extra=Extra(), **given, **self._always(number))

    def do(  # noqa: PLR0913, PLR0917 - what a form consists of
        self,
        request: Request,
        me: SignedIn,
        number: int,
        form: str,
        mark: str,
        deed: Deed,
        *,
        typed: Mapping[str, str] | None = None,
        then: str = "",
    ) -> Response:
        """Do what a form asks for, once, and lead back to the case.

        Where it is refused the page comes again with the reason and with what was typed.

        Args:
            request: The call.
            me: Who does it.
            number: In which case.
            form: Name of the form.
            mark: That makes it count once.
            deed: Does it.
            typed: What was written in the form.
            then: Path to go to afterwards; empty: the case.

        Raises:
            UnknownCaseError: There is no such case for them.
        """
        words = words_of(request, me)
        # Of what was written as well: a page that the browser kept has an old mark and a new text.
        said = json.dumps([form, number, mark, sorted((typed or {}).items())])
        key = self.house.keyring.seal("form", said)[:_MARK_LENGTH]
        try:
            with self.house.database.write() as tx:
                case = own_case(tx, me, number)
                if not form_marks.is_mark(mark):
                    raise CaseRefusedError("old_form", _OLD_FORM)
                first = form_marks.first_time(tx, key, self.house.clock())
                told = deed(tx, case, key) if first else None
        except (CaseRefusedError, StoreUnavailableError) as error:
            refused = isinstance(error, CaseRefusedError)
            why = words(str(error) if refused else _UNAVAILABLE)
            extra = Extra(refused=Refusal(form, why), typed=typed or {})
            return self.show(request, me, number, extra, 409 if refused else 503)
        done = "again" if not first else f"{form}-untold" if told is False else form
        return redirect(request, then or f"/cases/{number}?done={done}")

    def ready_text(self, me: SignedIn, number: int, reply_id: str) -> str:
        """Return an answer kept ready in the worker's words; empty where there is none such.

        Raises:
            UnknownCaseError: There is no such case for them.
        """
        with self.house.database.read() as tx:
            case = own_case(tx, me, number)
        reply = self._replies.current().named(reply_id)
        return "" if reply is None else self._words_of(reply, case, variant_of(self.house, case))[0]

    def _view(self, tx: Tx, words: Words, case: Case) -> View:
        looking = Looking(self._glossary.current(), self._in_danger)
        return Viewer(tx, self.house, looking, words).view(case)

    def _always(self, number: int) -> dict[str, Any]:
        choose = self.house.choose
        return {
            "number": number,
            "form_mark": lambda: "".join(choose(_HEX) for _ in range(_MARK_LENGTH)),
            "translates": bool(self.house.settings.console_translator),
            "channel_name": channel_name,
        }

    def _of_reply(self, words: Words, case: Case, way: Way, text: str) -> dict[str, Any]:
        variant = variant_of(self.house, case)
        language = self.house.languages[variant]
        made = draft(self.house.words, way, variant, text)
        return {
            "way": way,
            "draft": made,
            "text": text,
            "fault": words(made.fault) if made.fault else "",
            "cost": self._cost(words, made),
            "most_segments": MOST_SEGMENTS,
            "variant": variant,
            "variant_name": language.english,
            "variant_dir": "rtl" if language.rtl else "ltr",
        }

    def _cost(self, words: Words, made: Draft) -> str:
        settings = self.house.settings
        cost = made.cost(settings.console_segment_price)
        if cost is None:
            return ""
        return str(
            format_currency(
                cost,
                settings.console_segment_currency,
                locale=words.locale,
                decimal_quantization=False,
            )
        )

    def _ready(self, case: Case, words: Words) -> list[Ready]:
        variant = variant_of(self.house, case)
        made = []
        for reply in self._replies.current().of_kind(case.kind):
            text, tag = self._words_of(reply, case, variant)
            own, own_tag = self._words_of(reply, case, words.tag)
            direction = "rtl" if self.house.languages[tag].rtl else "ltr"
            made.append(Ready(reply.id, text, tag, direction, own, own_tag))
        return made

    def _words_of(self, reply: CannedReply, case: Case, variant: str) -> tuple[str, str]:
        """Return a reply in words, and in which variant they are."""
        values = {**values_of(self.house, case), "gap": Text(text=GAP)}
        catalogue = self.house.words
        if catalogue.has(reply.id):
            said = catalogue.phrase(Phrase(id=reply.id, values=values), variant)
            return said, catalogue.variant_used(reply.id, variant)
        # An editor has just added it, and nobody has translated it yet.
        plain = {name: value.text for name, value in values.items() if isinstance(value, Text)}
        return fill(reply.text, plain), "en"


def way_now(tx: Tx, house: House, case: Case) -> Way:
    """Return how a text would reach the person of a case now."""
    variant = variant_of(house, case)
    return way_to(tx, house.settings, case.conversation_id, variant, house.clock())
