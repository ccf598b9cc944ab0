"""An answer on a phone, drawn in a terminal: one column a variant."""

from __future__ import annotations

from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from safar.desk.preview import Preview, Shown
from safar.messaging.segments import Measure

_PHONE_WIDTH = 44


def show(preview: Preview, console: Console) -> None:
    """Print each text in a frame, with what it costs by SMS and where it comes from."""
    columns = [_phone(shown, preview) for shown in preview.shown]
    if len(columns) > 1 and console.width >= len(columns) * _PHONE_WIDTH:
        grid = Table.grid(padding=(0, 1))
        grid.add_row(*columns)
        console.print(grid)
    else:
        for column in columns:
            console.print(column)
    for shown in preview.shown:
        _say_cost(preview, shown, console)
    if preview.reply.sensitive:
        console.print("sensitive: every text begins with the line of reply.neutral")
    for source in preview.reply.sources:
        console.print(Text(f"source {source.id}: {source.title}, {source.as_of or 'no date'}"))


def _phone(shown: Shown, preview: Preview) -> Group:
    made, channel = shown.rendered, preview.question.channel
    titles = [f"{shown.variant}, text {n}" for n in range(1, len(made.texts) + 1)]
    titles += [f'{shown.variant}, after "more", {n}' for n in range(1, len(made.rest) + 1)]
    frames = [
        _framed(text, title, size, channel)
        for text, title, size in zip((*made.texts, *made.rest), titles, shown.sizes, strict=True)
    ]
    if channel == "app":
        frames += [
            Panel(Text(option.title), width=_PHONE_WIDTH, style="dim") for option in made.options
        ]
    return Group(*frames)


def _framed(text: str, title: str, size: Measure, channel: str) -> Panel:
    cost = f"{size.segments} segments, {size.units} units, {size.encoding}"
    if channel != "sms":
        cost = f"{len(text)} characters"
    # Text, not a string: square brackets in an answer are no markup.
    return Panel(Text(text), title=title, subtitle=cost, width=_PHONE_WIDTH)


def _say_cost(preview: Preview, shown: Shown, console: Console) -> None:
    if preview.question.channel == "sms":
        said = f"{shown.variant}: {shown.segments} segments at once"
        later = sum(size.segments for size in shown.sizes) - shown.segments
        said += f", {later} after more" if later else ""
        cost = preview.cost(shown)
        if cost is not None and preview.price is not None:
            said += f"; at once {cost.normalize():f} {preview.price.currency}"
        console.print(Text(said + "."))
    if shown.borrowed:
        console.print(Text(f"{shown.variant} has no translation of: {', '.join(shown.borrowed)}"))
