from collections.abc import Callable

import pytest

from safar.messaging.options import RESERVED_WORDS, OfferedOption, resolve
from safar.messaging.render import PROVIDER_LIMIT, Rendered, SmsBudget, Words, render
from safar.messaging.reply import Option, Reply, ReplyError, SourceRef
from safar.messaging.segments import measure, utf16_units
from safar.phrasing.values import Items, Phone, Phrase, Ref, Text

Say = Callable[..., Phrase]
SOURCE = SourceRef(id="np-dofe-2015", title="DoFE", as_of="2015-06")
SOURCE_LINE = "Source: DoFE, 2015-06"
MORE_LINE = "Send 9 for more."
MORE = OfferedOption(number=9, id="more", title="More")


def text_of(length: int, letter: str = "a") -> str:
    """Return one sentence of `length` characters that has no better place to cut."""
    return letter * (length - 1) + "."


def option(name: str, title: str) -> Option:
    return Option(id=name, title=Phrase(id="words", values={"text": Text(text=title)}))


class TestSms:
    def test_all_that_fits_is_one_page(self, catalogue: Words, words: Say) -> None:
        reply = Reply(
            parts=[words("At most NPR 10,000."), words("Ask for a receipt.")],
            sources=[SOURCE, SourceRef(id="law", title="Labour law")],
            options=[option("ask_wages", "Wages"), option("talk_to_person", "A person")],
        )
        assert render(reply, catalogue, "en", "sms") == Rendered(
            texts=[
                "At most NPR 10,000.\nAsk for a receipt.\nSource: DoFE, 2015-06\n"
                "Source: Labour law\n1 Wages\n2 A person"
            ],
            options=[
                OfferedOption(number=1, id="ask_wages", title="Wages"),
                OfferedOption(number=2, id="talk_to_person", title="A person"),
            ],
        )

    def test_whole_parts_then_source_options_and_more(self, catalogue: Words, words: Say) -> None:
        parts = [text_of(100, "a"), text_of(100, "b"), text_of(100, "c"), text_of(100, "d")]
        reply = Reply(
            parts=[words(part) for part in parts],
            sources=[SOURCE],
            options=[option("ask_wages", "Wages")],
        )
        shown = render(reply, catalogue, "en", "sms")
        first = [parts[0], parts[1], SOURCE_LINE, "1 Wages", MORE_LINE]
        assert shown.texts == ["\n".join(first)]
        assert shown.rest == [f"{parts[2]}\n{parts[3]}"]
        assert shown.options == [OfferedOption(number=1, id="ask_wages", title="Wages"), MORE]

    def test_order_is_kept_though_a_later_part_would_fit(
        self, catalogue: Words, words: Say
    ) -> None:
        parts = [text_of(200, "a"), text_of(200, "b"), "Short."]
        shown = render(Reply(parts=[words(part) for part in parts]), catalogue, "en", "sms")
        assert shown.texts == [f"{parts[0]}\n{MORE_LINE}"]
        assert shown.rest == [f"{parts[1]}\nShort."]

    def test_every_page_but_the_last_says_how_to_go_on(self, catalogue: Words, words: Say) -> None:
        reply = Reply(parts=[words(text_of(250, letter)) for letter in "abc"])
        shown = render(reply, catalogue, "en", "sms")
        all_pages = [*shown.texts, *shown.rest]
        assert [page.endswith(MORE_LINE) for page in all_pages] == [True, True, False]

    def test_a_part_too_long_for_a_page_is_cut_at_a_sentence(
        self, catalogue: Words, words: Say
    ) -> None:
        sentences = [text_of(120, letter) for letter in "abcde"]
        reply = Reply(parts=[words(" ".join(sentences))], sources=[SOURCE])
        shown = render(reply, catalogue, "en", "sms")
        assert shown.texts == [f"{sentences[0]} {sentences[1]}\n{SOURCE_LINE}\n{MORE_LINE}"]
        assert shown.rest == [
            f"{sentences[2]} {sentences[3]}\n{MORE_LINE}",
            sentences[4],
        ]

    def test_a_long_part_begins_on_the_page_before_if_a_sentence_fits(
        self, catalogue: Words, words: Say
    ) -> None:
        long = " ".join(text_of(120, letter) for letter in "bcde")
        shown = render(Reply(parts=[words("Short."), words(long)]), catalogue, "en", "sms")
        assert shown.texts == [
            f"Short.\n{text_of(120, 'b')} {text_of(120, 'c')}\n{MORE_LINE}",
        ]

    def test_the_source_is_on_the_first_page_even_if_the_answer_must_be_cut_for_it(
        self, catalogue: Words, words: Say
    ) -> None:
        answer = f"{text_of(150)} {text_of(137, 'b')}"
        assert measure(f"{answer}\n{MORE_LINE}").segments == 2
        shown = render(Reply(parts=[words(answer)], sources=[SOURCE]), catalogue, "en", "sms")
        assert shown.texts == [f"{text_of(150)}\n{SOURCE_LINE}\n{MORE_LINE}"]
        assert shown.rest == [text_of(137, "b")]

    def test_options_without_room_come_later_with_the_same_numbers(
        self, catalogue: Words, words: Say
    ) -> None:
        options = [option(f"o{n}", f"Title {n} {'x' * 20}") for n in range(1, 9)]
        lines = [f"{n} Title {n} {'x' * 20}" for n in range(1, 9)]
        reply = Reply(parts=[words(text_of(150))], sources=[SOURCE], options=options)
        shown = render(reply, catalogue, "en", "sms")
        assert shown.texts == ["\n".join([text_of(150), SOURCE_LINE, *lines[:3], MORE_LINE])]
        assert shown.rest == ["\n".join(lines[3:])]
        assert [offered.number for offered in shown.options] == [1, 2, 3, 4, 5, 6, 7, 8, 9]

    def test_options_wait_for_further_parts_unless_they_were_asked_for(
        self, catalogue: Words, words: Say
    ) -> None:
        options = [option(f"o{n}", f"Title {n} {'x' * 20}") for n in range(1, 9)]
        lines = [f"{n} Title {n} {'x' * 20}" for n in range(1, 9)]
        parts = [words(text_of(150)), words(text_of(60, "b"))]
        reply = Reply(parts=parts, options=options)
        shown = render(reply, catalogue, "en", "sms")
        assert shown.texts == ["\n".join([text_of(150), text_of(60, "b"), MORE_LINE])]
        assert shown.rest == ["\n".join(lines)]
        asked = options[0].model_copy(update={"asked": True})
        reply = Reply(parts=parts, options=[asked, *options[1:]])
        shown = render(reply, catalogue, "en", "sms")
        assert shown.texts == ["\n".join([text_of(150), text_of(60, "b"), lines[0], MORE_LINE])]
        assert shown.rest == ["\n".join(lines[1:])]

    def test_options_do_not_cut_the_answer(self, catalogue: Words, words: Say) -> None:
        # There is room for the options or for the line for more, not for both.
        parts = [text_of(285), text_of(100, "b")]
        reply = Reply(parts=[words(part) for part in parts], options=[option("ask_wages", "Wages")])
        shown = render(reply, catalogue, "en", "sms")
        assert shown.texts == [f"{parts[0]}\n{MORE_LINE}"]
        assert shown.rest == [f"{parts[1]}\n1 Wages"]

    def test_options_longer_than_a_page_are_cut_between_lines(
        self, catalogue: Words, words: Say
    ) -> None:
        lines = [f"{n} Title {n} {'x' * 60}" for n in range(1, 9)]
        reply = Reply(
            parts=[words("Which one?")],
            options=[option(f"o{n}", line[2:]) for n, line in enumerate(lines, 1)],
        )
        shown = render(reply, catalogue, "en", "sms")
        found = [line for page in [*shown.texts, *shown.rest] for line in page.split("\n")]
        assert [line for line in found if line != MORE_LINE] == ["Which one?", *lines]

    def test_a_unicode_page_has_its_own_budget(self, catalogue: Words, words: Say) -> None:
        reply = Reply(
            parts=[words("क" * 90 + "।"), words("ख" * 60 + "।"), words("ग" * 60 + "।")],
            sources=[SOURCE],
        )
        shown = render(reply, catalogue, "ne", "sms")
        assert measure(shown.texts[0]).segments == 3
        assert shown.texts[0].startswith("क" * 90 + "।\n" + "ख" * 60)
        assert shown.texts[0].endswith("स्रोत: DoFE, 2015-06\nथप: 9 पठाउनुहोस्")
        assert shown.options == [OfferedOption(number=9, id="more", title="थप")]

    def test_typographic_marks_do_not_make_a_latin_text_dear(
        self, catalogue: Words, words: Say
    ) -> None:
        shown = render(Reply(parts=[words("“It’s” – ok…")]), catalogue, "en", "sms")
        assert shown.texts == ['"It\'s" - ok...']

    def test_an_own_budget(self, catalogue: Words, words: Say) -> None:
        reply = Reply(parts=[words(text_of(120)), words(text_of(120, "b"))])
        shown = render(reply, catalogue, "en", "sms", SmsBudget(gsm7=1, ucs2=1))
        assert shown.texts == [f"{text_of(120)}\n{MORE_LINE}"]

    def test_no_page_is_longer_than_a_provider_takes(self, catalogue: Words, words: Say) -> None:
        reply = Reply(parts=[words(text_of(900)), words(text_of(900, "b"))])
        shown = render(reply, catalogue, "en", "sms", SmsBudget(gsm7=20))
        assert [len(page) <= PROVIDER_LIMIT for page in [*shown.texts, *shown.rest]] == [True] * 2

    def test_asking_for_more_is_understood(self, catalogue: Words, words: Say) -> None:
        reply = Reply(parts=[words(text_of(250)), words(text_of(250))])
        shown = render(reply, catalogue, "en", "sms")
        assert {resolve(said, shown.options) for said in ("9", "more", "९")} == {"more"}

    def test_more_keeps_its_number_when_a_reply_offers_it(
        self, catalogue: Words, words: Say
    ) -> None:
        reply = Reply(
            parts=[words("Hi.")], options=[option("more", "Go on"), option("ask_wages", "Wages")]
        )
        shown = render(reply, catalogue, "en", "sms")
        assert shown.texts == ["Hi.\n1 Wages\n9 Go on"]

    def test_more_is_offered_once(self, catalogue: Words, words: Say) -> None:
        reply = Reply(parts=[words(text_of(250)), words(text_of(99))])
        offering = reply.model_copy(update={"options": [option("more", "Go on")]})
        assert render(reply, catalogue, "en", "sms").options == [MORE]
        assert render(offering, catalogue, "en", "sms").options == [
            OfferedOption(number=9, id="more", title="Go on")
        ]

    def test_a_sentence_end_that_would_waste_the_page_is_passed_over(
        self, catalogue: Words, words: Say
    ) -> None:
        part = "Yes. " + "word " * 100
        (page,) = render(Reply(parts=[words(part)]), catalogue, "en", "sms").texts
        assert page.startswith("Yes. word word")
        assert page.endswith(f" word\n{MORE_LINE}")

    def test_a_source_that_leaves_no_room_for_the_answer_comes_after_it(
        self, catalogue: Words, words: Say
    ) -> None:
        source = SourceRef(id="law", title="t" * 140)
        reply = Reply(parts=[words("At most NPR 10,000.")], sources=[source])
        shown = render(reply, catalogue, "en", "sms", SmsBudget(gsm7=1))
        assert shown.texts == [f"At most NPR 10,000.\n{MORE_LINE}"]
        assert shown.rest == [f"Source: {'t' * 140}"]

    def test_a_page_that_the_line_for_more_would_turn_to_ucs2(
        self, catalogue: Words, words: Say
    ) -> None:
        # 310 septets are too many for GSM-7, but 155 characters are not for UCS-2.
        shown = render(Reply(parts=[words("€" * 155)]), catalogue, "ne", "sms")
        assert shown.texts == ["€" * 154 + "\nथप: 9 पठाउनुहोस्"]
        assert shown.rest == ["€"]


class TestUrgent:
    def test_the_number_to_call_stands_before_the_line_for_more(
        self, catalogue: Words, words: Say
    ) -> None:
        reply = Reply(
            parts=[words(text_of(150)), words("Call <phone>.", phone="112"), words(text_of(200))],
            sources=[SOURCE],
            urgent=True,
        )
        (page,) = render(reply, catalogue, "en", "sms").texts
        assert page == f"{text_of(150)}\nCall 112.\n{SOURCE_LINE}\n{MORE_LINE}"

    def test_the_source_gives_way(self, catalogue: Words, words: Say) -> None:
        reply = Reply(
            parts=[words(text_of(275)), words("Call <phone>.", phone="112")],
            sources=[SOURCE],
            urgent=True,
        )
        shown = render(reply, catalogue, "en", "sms")
        assert shown.texts == [f"{text_of(275)}\nCall 112.\n{MORE_LINE}"]
        assert shown.rest == [SOURCE_LINE]

    def test_the_order_gives_way(self, catalogue: Words, words: Say) -> None:
        reply = Reply(parts=[words(text_of(297)), words("Call <phone>.", phone="112")], urgent=True)
        shown = render(reply, catalogue, "en", "sms")
        assert shown.texts == [f"Call 112.\n{MORE_LINE}"]
        assert shown.rest == [text_of(297)]

    def test_the_budget_gives_way(self, catalogue: Words, words: Say) -> None:
        hotline = text_of(300) + " Call 112."
        part = Phrase(id="words", values={"text": Text(text=hotline), "phone": Phone(value="112")})
        reply = Reply(parts=[words("Danger."), part], sources=[SOURCE], urgent=True)
        shown = render(reply, catalogue, "en", "sms")
        assert shown.texts == [f"{hotline}\n{MORE_LINE}"]
        assert shown.rest == [f"{SOURCE_LINE}\nDanger."]

    @pytest.mark.parametrize(
        "value",
        [
            pytest.param(Phone(value="112"), id="plain"),
            pytest.param(Items(items=[Text(text="x"), Phone(value="112")]), id="in a list"),
            pytest.param(Ref(id="line", values={"n": Phone(value="112")}), id="in a message"),
        ],
    )
    def test_a_number_is_found_wherever_it_is(self, words: Say, value: Phone | Items | Ref) -> None:
        class Loose:
            def sms_letters(self, variant: str) -> dict[int, str]:
                return {}

            def phrase(self, phrase: Phrase, variant: str) -> str:
                text = phrase.values.get("text")
                return text.text if isinstance(text, Text) else phrase.id

        hotline = Phrase(id="words", values={"text": Text(text="Call."), "to": value})
        reply = Reply(parts=[words(text_of(304)), hotline], urgent=True)
        assert render(reply, Loose(), "en", "sms").texts[0].startswith("Call.\n")

    def test_without_a_number_the_first_part_leads(self, catalogue: Words, words: Say) -> None:
        reply = Reply(parts=[words("Where are you?"), words(text_of(300))], urgent=True)
        assert render(reply, catalogue, "en", "sms").texts == [f"Where are you?\n{MORE_LINE}"]

    def test_whatsapp_too_has_the_number_in_the_first_text(
        self, catalogue: Words, words: Say
    ) -> None:
        reply = Reply(
            parts=[words(text_of(1495)), words("Call <phone>.", phone="112")], urgent=True
        )
        shown = render(reply, catalogue, "en", "whatsapp")
        assert shown.texts == ["Call 112.", text_of(1495)]


class TestWhatsApp:
    def test_paragraphs_sources_and_options_in_one_text(self, catalogue: Words, words: Say) -> None:
        reply = Reply(
            parts=[words("“One” – part."), words("Two.")],
            sources=[SOURCE],
            options=[option("ask_wages", "Wages"), option("talk_to_person", "A person")],
        )
        shown = render(reply, catalogue, "en", "whatsapp")
        assert shown.texts == [f"“One” – part.\n\nTwo.\n\n{SOURCE_LINE}\n\n1 Wages\n2 A person"]
        assert [o.id for o in shown.options] == ["ask_wages", "talk_to_person"]

    def test_longer_ones_are_split_between_paragraphs_and_sent_at_once(
        self, catalogue: Words, words: Say
    ) -> None:
        parts = [text_of(700, letter) for letter in "abc"]
        reply = Reply(
            parts=[words(part) for part in parts],
            sources=[SOURCE],
            options=[option("ask_wages", "Wages")],
        )
        assert render(reply, catalogue, "en", "whatsapp") == Rendered(
            texts=[
                f"{parts[0]}\n\n{parts[1]}",
                f"{parts[2]}\n\n{SOURCE_LINE}\n\n1 Wages",
            ],
            options=[OfferedOption(number=1, id="ask_wages", title="Wages")],
        )

    def test_the_limit_is_counted_in_utf16(self, catalogue: Words, words: Say) -> None:
        shown = render(Reply(parts=[words("🙏" * 1000)]), catalogue, "en", "whatsapp")
        assert [utf16_units(text) for text in shown.texts] == [1500, 500]


class TestRefused:
    @pytest.mark.parametrize("parts", [[], [""], [" \n", ""]], ids=["none", "empty", "blank"])
    def test_nothing_to_say(self, catalogue: Words, words: Say, parts: list[str]) -> None:
        with pytest.raises(ReplyError, match="nothing to say"):
            render(Reply(parts=[words(part) for part in parts]), catalogue, "en", "sms")

    @pytest.mark.parametrize("word", sorted(RESERVED_WORDS))
    @pytest.mark.parametrize("form", ["{}", " {}. "], ids=["bare", "with marks"])
    def test_words_of_the_carriers(
        self, catalogue: Words, words: Say, word: str, form: str
    ) -> None:
        title = form.format(word.capitalize())
        reply = Reply(parts=[words("Hi.")], options=[option("x", title)])
        with pytest.raises(ReplyError, match=f"'x'.*{word}"):
            render(reply, catalogue, "en", "sms")

    def test_a_carriers_word_inside_a_title_is_no_harm(self, catalogue: Words, words: Say) -> None:
        reply = Reply(parts=[words("Hi.")], options=[option("x", "Help at sea")])
        assert render(reply, catalogue, "en", "sms").texts == ["Hi.\n1 Help at sea"]

    @pytest.mark.parametrize("title", ["", "…", "2", "१०"])
    def test_titles_that_cannot_be_told_from_a_number(
        self, catalogue: Words, words: Say, title: str
    ) -> None:
        reply = Reply(parts=[words("Hi.")], options=[option("x", title)])
        with pytest.raises(ReplyError, match="'x' needs a title"):
            render(reply, catalogue, "en", "whatsapp")

    def test_two_options_of_one_title(self, catalogue: Words, words: Say) -> None:
        reply = Reply(parts=[words("Hi.")], options=[option("x", "Wages"), option("y", "wages!")])
        with pytest.raises(ReplyError, match="'x' and 'y'"):
            render(reply, catalogue, "en", "sms")

    def test_more_than_eight_options(self, catalogue: Words, words: Say) -> None:
        options = [option(f"o{n}", f"Title {n}") for n in range(9)]
        with pytest.raises(ReplyError, match="9 options, a menu takes 8"):
            render(Reply(parts=[words("Hi.")], options=options), catalogue, "en", "sms")

    def test_an_unknown_channel(self, catalogue: Words, words: Say) -> None:
        with pytest.raises(ReplyError, match="'pigeon'"):
            render(Reply(parts=[words("Hi.")]), catalogue, "en", "pigeon")  # type: ignore[arg-type]
