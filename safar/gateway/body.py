"""Reading a request's body no further than it may be long."""

from __future__ import annotations

from fastapi import HTTPException, Request


async def read_body(request: Request, limit: int) -> bytes:
    """Return the body, of at most `limit` bytes.

    Raises:
        HTTPException: 413 as soon as it is longer, whatever Content-Length says.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise HTTPException(413, "The body is too large.")
    return bytes(body)
