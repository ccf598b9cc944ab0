"""Twilio's error codes: the ones the stand-in gives, their HTTP status, and who provokes them."""

from __future__ import annotations

from fastapi.responses import JSONResponse

# Twilio's numbers for tests (its page on test credentials).
BAD_SENDERS = {"+15005550001": 21212, "+15005550007": 21606, "+15005550008": 21611}
BAD_RECIPIENTS = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}

HTTP_STATUS = {
    20003: 401,
    20404: 404,
    20429: 429,
    20500: 500,
    20503: 503,
    21408: 403,
    21611: 429,
    20009: 409,
    30409: 409,
}
"""What is not 400."""

MEANS = {
    20001: "A parameter cannot be read.",
    20003: "Wrong account or token.",
    20009: "A message can be deleted only when it is done.",
    20404: "There is no such resource.",
    20429: "Too many requests; this one was not processed.",
    20500: "Something broke here.",
    20503: "Out of service for now.",
    21211: "The recipient is no number.",
    21212: "The sender is no number.",
    21408: "Messages to this country are not allowed to the account.",
    21602: "There is nothing to send.",
    21603: "There is no sender.",
    21604: "There is no recipient.",
    21606: "The sender does not belong to the account.",
    21609: "The address for status callbacks is none.",
    21610: "The recipient has opted out.",
    21611: "The sender's queue is full.",
    21612: "The recipient cannot be reached from this sender.",
    21614: "The recipient is no mobile number.",
    21617: "The text is longer than 1600 characters.",
    21620: "An address of media is none.",
    21624: "The validity period is not from 1 to 36000 seconds.",
    21655: "There is no such template.",
    21656: "The template's variables are no JSON object of texts.",
    21910: "Sender and recipient are of different channels.",
    30409: "The message can be canceled no more.",
    63003: "There is nobody on WhatsApp under this address.",
    63007: "The sender is no WhatsApp sender of the account.",
    63016: "A free text outside of the 24 hours after the person's last message.",
}


class Refused(Exception):
    """A request that Twilio refuses, with its error code."""

    def __init__(self, code: int, message: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.message = message or means(code)


def means(code: int) -> str:
    """Return a sentence about a code, not Twilio's own words."""
    return MEANS.get(code, "Refused.")


def refusal(code: int, message: str = "") -> JSONResponse:
    """Return an error in Twilio's form."""
    status = HTTP_STATUS.get(code, 400)
    return JSONResponse(
        {
            "code": code,
            "message": message or means(code),
            "more_info": f"https://www.twilio.com/docs/errors/{code}",
            "status": status,
        },
        status,
    )
