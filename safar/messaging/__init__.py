"""Messages: what a reply is, what an SMS costs, and how a reply looks on each channel.

This room knows `safar.phrasing` for its value types and nothing else of the project.
"""

from safar.messaging.fold import fold
from safar.messaging.options import RESERVED_WORDS, OfferedOption, resolve, to_ascii_digits
from safar.messaging.render import Channel, Rendered, SmsBudget, Words, render
from safar.messaging.reply import Option, Reply, ReplyError, SourceRef
from safar.messaging.segments import Measure, measure, split

__all__ = [
    "RESERVED_WORDS",
    "Channel",
    "Measure",
    "OfferedOption",
    "Option",
    "Rendered",
    "Reply",
    "ReplyError",
    "SmsBudget",
    "SourceRef",
    "Words",
    "fold",
    "measure",
    "render",
    "resolve",
    "split",
    "to_ascii_digits",
]
