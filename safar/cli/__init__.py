"""The `safar` command: one group of commands a file, each imported only when it is used."""

from __future__ import annotations

import sys
from collections.abc import Callable

import typer
from pydantic import ValidationError

_PREFIXES = {
    "Settings": "SAFAR_",
    "NoticeSettings": "SAFAR_NOTICE_",
    "LimitSettings": "SAFAR_LIMIT_",
    "RetentionSettings": "SAFAR_RETENTION_",
}
"""How the variables of each class of settings begin."""


def build_app() -> typer.Typer:
    """Return the command with all its groups."""
    from safar.cli import (  # noqa: PLC0415
        agencies,
        ask,
        audit,
        cases,
        chat,
        content,
        data,
        demo,
        doctor,
        init,
        insights,
        keys,
        locales,
        offer,
        run,
        sending,
        settings,
        staff,
        understand,
        usage,
    )

    app = typer.Typer(
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
        help="Safar answers people who work abroad, by SMS, WhatsApp and offline.",
    )
    app.add_typer(content.app, name="content", help="Check, build and preview the content.")
    app.add_typer(agencies.app, name="agencies", help="Import and search the lists of agencies.")
    app.add_typer(locales.app, name="locales", help="Keep the translations.")
    app.add_typer(insights.app, name="insights", help="Learn from what people wrote.")
    app.add_typer(audit.app, name="audit", help="Check the record of what was done.")
    app.add_typer(cases.app, name="cases", help="See cases, and tell staff of them.")
    app.add_typer(staff.app, name="staff", help="Give staff their accounts for the console.")
    app.add_typer(sending.app, name="sending", help="Stop all sending, and let it go on.")
    app.add_typer(data.app, name="data", help="What is kept, for how long, and copies of it.")
    app.add_typer(keys.app, name="keys", help="Look at the keys of encryption, and change them.")
    commands: tuple[tuple[str, Callable[..., None]], ...] = (
        ("init", init.init),
        ("run", run.run),
        ("gateway", run.gateway),
        ("worker", run.worker),
        ("dispatcher", run.dispatcher),
        ("chat", chat.chat),
        ("demo", demo.demo),
        ("ask", ask.ask),
        ("understand", understand.understand),
        ("offer", offer.offer),
        ("doctor", doctor.doctor),
        ("usage", usage.usage),
        ("settings", settings.settings),
    )
    for name, command in commands:
        app.command(name)(command)
    return app


def main() -> None:
    """Run the command; an error the user can mend is one sentence, not a traceback."""
    try:
        build_app()()
    except ValidationError as error:
        prefix = _PREFIXES.get(error.title)
        if prefix is None:
            raise
        errors = error.errors()
        fields = [prefix + "_".join(map(str, e["loc"])).upper() for e in errors if e["loc"]]
        where = f"{', '.join(fields)}. " if fields else ""
        _end(f"A setting is not right: {where}{errors[0]['msg'].removeprefix('Value error, ')}.")
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        if error.filename is None:
            raise
        _end(f"{error.filename}: {error.strerror}. Check that path, and that this user may use it.")
    except Exception as error:
        if type(error).__module__.startswith("safar."):
            _end(str(error))
        raise


def _end(sentence: str) -> None:
    typer.echo(sentence, err=True)
    sys.exit(1)
