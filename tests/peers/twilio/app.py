"""The stand-in as a web application."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from tests.peers.twilio.account import Account
from tests.peers.twilio.api import api_routes
from tests.peers.twilio.codes import Refused, refusal
from tests.peers.twilio.controls import control_routes


def create_app(*accounts: Account) -> FastAPI:
    """Return the application around some accounts."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    by_sid = {account.sid: account for account in accounts}
    app.include_router(api_routes(by_sid))
    app.include_router(control_routes(by_sid))

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> Response:
        return refusal(error.code, error.message)

    @app.exception_handler(HTTPException)
    async def not_there(request: Request, error: HTTPException) -> Response:
        return refusal(20404)

    @app.exception_handler(RequestValidationError)
    async def wrong_test(request: Request, error: RequestValidationError) -> Response:
        return JSONResponse({"wrong": str(error)}, 422)

    return app
