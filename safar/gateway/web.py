"""The web side of the gateway: webhooks, the simulator if asked for, and a health page.

This process never imports Rasa, so it starts in a second and answers a webhook after one commit.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy import select

from safar.gateway.limits import LimitSettings
from safar.gateway.metrics import metrics_routes
from safar.gateway.providers.plugin import configured
from safar.gateway.surroundings import surroundings_of
from safar.settings import Settings
from safar.store.crypto import KeyRing
from safar.store.database import Database
from safar.store.errors import StoreUnavailableError
from safar.store.tables import schema_migrations


def utc_now() -> datetime:
    """Return the present moment, UTC."""
    return datetime.now(timezone.utc)


def create_app(
    settings: Settings,
    database: Database,
    keyring: KeyRing,
    clock: Callable[[], datetime] = utc_now,
    limits: LimitSettings | None = None,
) -> FastAPI:
    """Return the application. Only what is configured is mounted; everything else is 404."""
    app = FastAPI(
        title="Safar gateway",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )

    @app.exception_handler(StoreUnavailableError)
    async def unavailable(request: Request, error: StoreUnavailableError) -> Response:
        # 503 tells the provider to try again; a 200 here would lose a person's message.
        return JSONResponse({"detail": "Try again."}, 503, headers={"Retry-After": "5"})

    @app.middleware("http")
    async def headers(request: Request, call_next):  # type: ignore[no-untyped-def]
        response = await call_next(request)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        # Pages and webhooks are never kept; a file of the console says itself how long it may be.
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    @app.get("/healthz")
    def health() -> dict[str, str]:
        """Say that the gateway is up and its store can be read."""
        with database.read() as tx:
            # A transaction that reads nothing would not even open the file.
            tx.execute(select(schema_migrations.c.name).limit(1)).all()
            return {"status": "ok"}

    limits = limits or LimitSettings()
    app.include_router(metrics_routes(settings, limits, database, clock))
    surroundings = surroundings_of(settings, database, keyring, clock, limits)
    for plugin in configured(settings):
        router = plugin.routes(surroundings)
        if router is not None:
            app.include_router(router)
    return app
