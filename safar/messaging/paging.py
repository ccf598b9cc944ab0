"""Fill pages with blocks of text, whole where possible, cut where a reader is hurt least."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from safar.messaging.breaks import Cut, clusters, cuts

# A better kind of cut is taken only if it fills this much of what the latest cut would.
_LEAST_FILLED = 1 / 3


@dataclass(frozen=True)
class Paper:
    """What a page is made of.

    Attributes:
        separator: what stands between two blocks.
        fits: whether a text is short enough for one page.
        most: characters that are more than any page holds, to keep the search for a cut short.
        more: the last line of a page that others follow; empty for none.
    """

    separator: str
    fits: Callable[[str], bool]
    most: int
    more: str = ""

    def join(self, blocks: Sequence[str]) -> str:
        """Put blocks together, empty ones left out."""
        return self.separator.join(block for block in blocks if block)

    def holds(self, *blocks: str) -> bool:
        """Tell whether these blocks fit on one page together."""
        return self.fits(self.join(blocks))


def fill(blocks: Sequence[str], paper: Paper, foot: Sequence[str] = ()) -> tuple[str, list[str]]:
    """Fill one page.

    Blocks are taken whole and in order. One that no page could hold whole is cut, and so is the
    first if it leaves no room for the foot: at a sentence end, else a word end, else between
    clusters.

    Args:
        blocks: what is still to be said, most important first; at least one, none empty.
        paper: the page's form.
        foot: what must stand on this very page, below the blocks. It gives way, to the blocks
            left over, only where not even the beginning of the first block fits above it.

    Returns:
        The page, never empty, and the blocks left over.
    """
    if paper.holds(*blocks, *foot):
        return paper.join([*blocks, *foot]), []
    below = [*foot, paper.more]
    taken: list[str] = []
    left = list(blocks)
    # The last block is not taken whole here: with it nothing would be left to announce.
    while len(left) > 1 and paper.holds(*taken, left[0], *below):
        taken.append(left.pop(0))
    if not taken or not paper.holds(left[0], paper.more):
        worst = Cut.SENTENCES if taken else Cut.CONJUNCT
        head, tail = _cut(left[0], lambda text: paper.holds(*taken, text, *below), paper, worst)
        if head:
            taken.append(head)
            left[0] = tail
    if taken:
        return paper.join([*taken, *below]), [block for block in left if block]
    if foot:
        return fill([blocks[0], *foot, *blocks[1:]], paper)
    # Not one cluster fits. It goes all the same: a page too long is better than none.
    first = clusters(left[0])[0]
    left[0] = left[0][len(first) :].lstrip()
    return paper.join([first, paper.more]), [block for block in left if block]


def holds_sentences(block: str, paper: Paper, foot: Sequence[str]) -> bool:
    """Tell whether a page that others follow holds whole sentences of a block above its foot."""
    below = [*foot, paper.more]
    head, _ = _cut(block, lambda text: paper.holds(text, *below), paper, Cut.SENTENCES)
    return bool(head)


def pages(blocks: Sequence[str], paper: Paper) -> list[str]:
    """Fill as many pages as the blocks need."""
    done: list[str] = []
    left = list(blocks)
    while left:
        page, left = fill(left, paper)
        done.append(page)
    return done


def _cut(text: str, fits: Callable[[str], bool], paper: Paper, worst: Cut) -> tuple[str, str]:
    """Cut off a head that fits; it is empty where no cut as good as `worst` allows one."""
    places = list(takewhile(lambda place: place[0] <= paper.most, cuts(text)))
    fitting = places[
        : bisect_left(places, True, key=lambda place: not fits(text[: place[0]].rstrip()))
    ]
    latest = {kind: position for position, kind in fitting if text[:position].strip()}
    furthest = max(latest.values(), default=0)
    for kind, position in sorted(latest.items()):
        if kind <= worst and position >= furthest * _LEAST_FILLED:
            return text[:position].rstrip(), text[position:].lstrip()
    return "", text
