"""Whatever a reply says, every page of its SMS keeps the budget and nothing is lost."""

from hypothesis import given
from hypothesis import strategies as st

from safar.messaging.render import Rendered, Words, render
from safar.messaging.reply import Option, Reply, SourceRef
from safar.messaging.segments import measure
from safar.phrasing.values import Phrase, Text

SOURCE = SourceRef(id="np-dofe-2015", title="DoFE", as_of="2015-06")
SOURCE_LINE = "Source: DoFE, 2015-06"
MORE_LINE = "Send 9 for more."


SENTENCES = st.lists(
    st.sampled_from(["Pay nothing. ", "Rs. 500 ", "word ", "काम गर्नुहोस्। ", "🙏", "€{} ", "x" * 90]),
    min_size=1,
    max_size=40,
).map("".join)


@st.composite
def replies(draw: st.DrawFn) -> Reply:
    """Draw replies without a number to call, so that no limit gives way."""
    titles = st.lists(st.sampled_from(["Wages", "तलब", "A person", "दूतावास"]), unique=True)
    return Reply(
        parts=[
            Phrase(id="words", values={"text": Text(text=text)})
            for text in draw(st.lists(SENTENCES, min_size=1, max_size=6))
        ],
        sources=[SOURCE] * draw(st.integers(0, 1)),
        options=[
            Option(id=title, title=Phrase(id="words", values={"text": Text(text=title)}))
            for title in draw(titles)
        ],
        urgent=draw(st.booleans()),
    )


@given(reply=replies(), variant=st.sampled_from(["en", "ne"]))
def test_any_sms_reply(catalogue: Words, reply: Reply, variant: str) -> None:
    shown = render(reply, catalogue, variant, "sms")
    every = [*shown.texts, *shown.rest]
    assert len(shown.texts) == 1
    for page in every:
        size = measure(page)
        assert page == page.strip() != ""
        assert size.segments <= (2 if size.encoding == "GSM-7" else 3)
    # On the first page, or first thing on the next.
    assert not reply.sources or "DoFE, 2015-06" in "".join(every[:2])
    # Nothing is lost or said twice: the parts are there in order, spaces aside.
    furniture = {MORE_LINE, "थप: 9 पठाउनुहोस्", SOURCE_LINE, "स्रोत: DoFE, 2015-06"}
    furniture |= {f"{n} {chosen.id}" for n, chosen in enumerate(reply.options, 1)}
    lines = [line for page in every for line in page.split("\n") if line not in furniture]
    said = "".join(catalogue.phrase(part, variant) for part in reply.parts)
    assert "".join("".join(lines).split()) == "".join(said.split())
    assert bool(shown.rest) == any(chosen.id == "more" for chosen in shown.options)
    assert Rendered.model_validate_json(shown.model_dump_json()) == shown
