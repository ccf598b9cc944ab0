"""`safar understand`: what is made of texts, a line each, with the model loaded once."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Annotated

import typer


def understand(
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help='Read {"text": …} a line on standard input.')
    ] = False,
) -> None:
    """Print variant, intent, danger and entities of each text, one JSON object a line.

    A line that is no such object is answered with an "error" at its place; the others go on.
    """
    from safar.answers.resources import shared_resources  # noqa: PLC0415 - only this command
    from safar.assistant.engine import Assistant  # noqa: PLC0415 - only this command

    if not jsonl:
        raise typer.BadParameter('Say --jsonl and give lines like {"text": "hello"}.')
    assistant = Assistant.load(shared_resources())

    async def answer_all() -> None:
        for line in sys.stdin.buffer:
            if line.strip():
                sys.stdout.buffer.write(_as_line(await _one(line)))
                sys.stdout.buffer.flush()

    async def _one(line: bytes) -> dict[str, object]:
        try:
            text = json.loads(line.decode("utf-8"))["text"]
        except (ValueError, KeyError, TypeError, RecursionError):
            text = None
        if not isinstance(text, str):
            return {"error": 'This line is no JSON object with a "text" that is a string.'}
        return (await assistant.understand(text)).model_dump(mode="json")

    asyncio.run(answer_all())


def _as_line(found: dict[str, object]) -> bytes:
    try:
        return (json.dumps(found, ensure_ascii=False) + "\n").encode("utf-8")
    except UnicodeEncodeError:
        # Half a surrogate pair in the text: JSON can say it, UTF-8 cannot.
        return (json.dumps(found) + "\n").encode("ascii")
