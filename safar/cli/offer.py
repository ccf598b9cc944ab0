"""`safar offer`: the warning signs of job offers, of one or of a line each."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

import typer
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from safar.registry.offers.checker import Findings, OfferChecker


class _Line(BaseModel):
    """What a line of --jsonl holds; other keys are nobody's business."""

    model_config = ConfigDict(extra="ignore", strict=True)

    text: str
    variant: str | None = None
    origin: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")
    destination: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")


def offer(
    text: Annotated[str | None, typer.Argument(help="The words of the offer.")] = None,
    jsonl: Annotated[
        bool,
        typer.Option(
            "--jsonl",
            help='Read {"text": …} a line on standard input, perhaps with "variant", "origin" '
            'and "destination", and write {"risk": …, "flags": […]} a line.',
        ),
    ] = False,
    variant: Annotated[
        str | None, typer.Option(help="Whose words to look for, such as ne-Latn; else all.")
    ] = None,
    origin: Annotated[
        str | None, typer.Option(help="Where the worker is from, such as NP.")
    ] = None,
    destination: Annotated[
        str | None, typer.Option(help="Where the work is, such as QA; else what the text says.")
    ] = None,
) -> None:
    """Print the warning signs of a job offer. None found does not mean that it is genuine.

    With --jsonl a line that is no such object is answered with an "error" and its number at its
    place; the others go on.
    """
    from safar.answers.resources import shared_resources  # noqa: PLC0415 - only this command

    if jsonl == (text is not None):
        raise typer.BadParameter("Give the words of one offer, or --jsonl and lines.")
    resources = shared_resources()
    checker, today = resources.offers(), resources.today()
    if text is None:
        _answer_lines(checker, today)
        return
    asked = {"text": text, "variant": variant, "origin": origin, "destination": destination}
    try:
        found = _check(checker, today, _Line.model_validate(asked))
    except ValidationError as error:
        raise typer.BadParameter(_why(error)) from error
    typer.echo(f"Risk: {found.risk}")
    for flag in found.flags:
        typer.echo(f"  {flag}")
    if found.above is not None:
        above, most = found.above, found.above.ceiling
        allowed = f"at most {most.amount:,f} {most.currency}" if most else "nothing"
        source = resources.registry().source(above.fact.source).title
        typer.echo(
            f"From {above.origin} to {above.destination} the law allows {allowed}; asked are "
            f"{above.asked.amount:,f} {above.asked.currency}. Source: {source}, "
            f"{above.fact.as_of or 'undated'}"
        )
    if not found.flags:
        typer.echo("No sign was found. That does not mean that the offer is genuine.")


def _answer_lines(checker: OfferChecker, today: date) -> None:
    out = sys.stdout.buffer
    interactive = sys.stdin.isatty()
    try:
        for answer in _answers(checker, today):
            out.write(answer)
            if interactive:
                out.flush()
        out.flush()
    except BrokenPipeError:
        # Whoever read has enough. Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(141) from None


def _answers(checker: OfferChecker, today: date) -> Iterator[bytes]:
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if line.strip():
            yield (json.dumps(_answer(checker, today, line, number)) + "\n").encode("ascii")


def _answer(checker: OfferChecker, today: date, line: bytes, number: int) -> dict[str, Any]:
    try:
        asked = _Line.model_validate(json.loads(line.decode("utf-8")))
    except ValidationError as error:
        return {"error": _why(error), "line": number}
    except (ValueError, RecursionError):
        return {"error": "This line is no JSON object in UTF-8.", "line": number}
    found = _check(checker, today, asked)
    return {"risk": found.risk, "flags": list(found.flags)}


def _check(checker: OfferChecker, today: date, asked: _Line) -> Findings:
    return checker.check(
        asked.text,
        today,
        variant=asked.variant,
        origin=asked.origin,
        destination=asked.destination,
    )


def _why(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"])) or "the line"
    remedy = {
        "text": '"text" must be a string with the words of the offer.',
        "variant": '"variant" must be a tag such as ne-Latn.',
        "origin": '"origin" must be two capital letters such as NP.',
        "destination": '"destination" must be two capital letters such as QA.',
    }
    return remedy.get(where, 'This line is no JSON object with a "text" that is a string.')
