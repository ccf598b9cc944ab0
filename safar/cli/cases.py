"""`safar cases`: which cases there are, what was done in one, and whether staff are told."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from safar.settings import Settings, load_settings

if TYPE_CHECKING:
    from safar.cases.notices.addresses import Target
    from safar.cases.notices.notice import Notice
    from safar.cases.notices.settings import NoticeSettings
    from safar.cases.plan import Desk
    from safar.store.crypto import KeyRing
    from safar.store.database import Database

app = typer.Typer(help="See cases, and tell staff of them.", no_args_is_help=True)

_MOST = 200
_LOOK_EVERY = 0.5


@app.command("list")
def list_(
    desk: Annotated[str | None, typer.Option(help="Only those at this desk.")] = None,
    state: Annotated[str | None, typer.Option(help="Only those in this state.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Also those that ended.")] = False,
) -> None:
    """Show cases, the gravest first: number, state, risk, desk, waiting; nothing of a person."""
    from sqlalchemy import case, select  # noqa: PLC0415 - only this command

    from safar.cases.states import ENDED, State  # noqa: PLC0415
    from safar.store.case_tables import cases  # noqa: PLC0415

    with _store() as (_, _, database):
        query = select(cases).order_by(
            case({"red": 0, "amber": 1}, value=cases.c.risk, else_=2), cases.c.id
        )
        if desk is not None:
            query = query.where(cases.c.desk_id == desk)
        if state is not None:
            known = [each.value for each in State]
            if state not in known:
                raise typer.BadParameter(f"There are the states {', '.join(known)}.")
            query = query.where(cases.c.state == state)
        elif not all_:
            query = query.where(cases.c.state.not_in([each.value for each in ENDED]))
        with database.read() as tx:
            found = tx.execute(query.limit(_MOST)).all()
    now = _now()
    for row in found:
        since = row.reopened_at or row.opened_at or row.offered_at
        ended = row.state in {each.value for each in ENDED}
        waiting = "ended" if ended else f"since {_span(now - since)}"
        late = ", late" if row.late_at is not None and row.late_at <= now else ""
        typer.echo(f"{row.id:>6}  {row.state:<12} {row.risk:<6} {row.desk_id:<24} {waiting}{late}")
    if not found:
        typer.echo("There are no such cases.")
    elif len(found) == _MOST:
        typer.echo(f"These are the first {_MOST}; narrow them with --desk or --state.")


@app.command()
def show(number: Annotated[int, typer.Argument(help="Number of the case.")]) -> None:
    """Show what was done in a case, and when; nothing of what was said."""
    from safar.cases import lookup, rows  # noqa: PLC0415 - only this command
    from safar.cases.errors import UnknownCaseError  # noqa: PLC0415

    with _store() as (_, _, database), database.read() as tx:
        try:
            found = rows.read(tx, number)
        except UnknownCaseError:
            _end(f"There is no case {number}. Those there are: safar cases list.")
        lines = lookup.timeline(tx, number)
    typer.echo(f"Case {number}: {found.state.value}, {found.risk.value}, at {found.desk_id}.")
    for line in lines:
        who = f"{line.actor} {line.staff_id}" if line.staff_id else line.actor
        details = "" if line.details == "{}" else f"  {line.details}"
        typer.echo(f"{line.at:%Y-%m-%d %H:%M:%S} UTC  {line.action:<12} {who}{details}")


@app.command()
def notices(
    retry: Annotated[
        bool, typer.Option("--retry", help="Try once more what was given up.")
    ] = False,
) -> None:
    """Show which notices to staff wait, and which were given up, with the reason."""
    from sqlalchemy import select  # noqa: PLC0415 - only this command

    from safar.cases.notices import spreading  # noqa: PLC0415
    from safar.gateway import staff_texts  # noqa: PLC0415
    from safar.store.case_tables import case_notices  # noqa: PLC0415
    from safar.store.notice_tables import case_notice_sends as sends  # noqa: PLC0415

    columns = (
        case_notices.c.case_id,
        case_notices.c.desk_id,
        case_notices.c.kind,
        case_notices.c.created_at,
        sends.c.way,
        sends.c.state,
        sends.c.attempts,
        sends.c.error_code,
    )
    unsettled = case_notices.c.done_at.is_(None) & sends.c.state.is_distinct_from("sent")
    with _store() as (_, _, database):
        if retry:
            with database.write() as tx:
                staff_texts.heed_no_refusal(tx, _now())
            done = spreading.retry_failed(database, _now())
            typer.echo(f"{done} are tried once more.")
        with database.read() as tx:
            found = tx.execute(
                select(*columns)
                .join(sends, sends.c.notice_id == case_notices.c.id, isouter=True)
                .where(unsettled | (sends.c.state == "failed"))
                .order_by(case_notices.c.id, sends.c.id)
                .limit(_MOST)
            ).all()
    for row in found:
        code = f", code {row.error_code}" if row.error_code else ""
        way = f"by {row.way}: {row.state}, {row.attempts} tries{code}" if row.way else "new"
        at = f"{row.created_at:%Y-%m-%d %H:%M} UTC"
        typer.echo(f"{at}  case {row.case_id}  {row.desk_id}  {row.kind}  {way}")
    if not found:
        typer.echo("No notice waits, and none was given up.")


@app.command("test-notice")
def test_notice(
    desk: Annotated[str, typer.Argument(help="Id of the desk, as in desks.yaml.")],
    wait: Annotated[
        float, typer.Option(min=0, help="Seconds to wait until an SMS has left.")
    ] = 20.0,
) -> None:
    """Tell every address of a desk and its supervisor that this is a test; say what came of it."""
    from safar.cases.errors import NoDesksError  # noqa: PLC0415 - only this command
    from safar.cases.notices.addresses import targets  # noqa: PLC0415
    from safar.cases.notices.settings import NoticeSettings  # noqa: PLC0415
    from safar.cases.office_of import office_source  # noqa: PLC0415

    with _store() as (settings, keyring, database):
        try:
            plan = office_source(settings, keyring, _now)().plan
        except NoDesksError as error:
            _end(str(error))
        found = plan.desk(desk)
        if found is None:
            _end(f"There is no desk {desk}. There are: {', '.join(d.id for d in plan.desks)}.")
        addresses = dict.fromkeys([*targets(found.notices), *targets(found.supervisor_notices)])
        if not addresses:
            _end(f"{desk} has no address: add notices in desks.yaml.")
        tell = _teller(settings, keyring, database, NoticeSettings(), wait)
        failed = 0
        for target in addresses:
            came_of_it = tell(found, target)
            failed += came_of_it is not None
            # To whoever has desks.yaml before them: the address is in there.
            typer.echo(f"{target.way} to {target.address}: {came_of_it or 'sent.'}")
    if failed:
        raise typer.Exit(1)


def _teller(
    settings: Settings,
    keyring: KeyRing,
    database: Database,
    notices: NoticeSettings,
    wait: float,
) -> Callable[[Desk, Target], str | None]:
    """Return what tells one address, and says why it was not told; None when it was."""
    from safar.cases.notices.by_email import EmailWay  # noqa: PLC0415
    from safar.cases.notices.by_webhook import WebhookWay  # noqa: PLC0415
    from safar.cases.notices.errors import NotSentError  # noqa: PLC0415
    from safar.cli.doctor_cases import advice  # noqa: PLC0415

    ways = {way.name: way for way in (EmailWay(notices, _now), WebhookWay(notices, _now))}

    def tell(desk: Desk, target: Target) -> str | None:
        notice = _test_of(desk, notices)
        if target.way == "sms":
            return _by_sms(settings, keyring, database, notices, notice, target.address, wait)
        try:
            ways[target.way].send(notice, target.address)
        except NotSentError as error:
            return f"not sent, code {error.code}. {advice(error.code)}"
        return None

    return tell


def _test_of(desk: Desk, notices: NoticeSettings) -> Notice:
    from safar.cases.notices.notice import TEST, Notice  # noqa: PLC0415

    return Notice(
        key=f"test-{secrets.token_hex(8)}",
        kind=TEST,
        case_id=None,
        desk_id=desk.id,
        desk_name=desk.name,
        risk=None,
        to_supervisor=False,
        at=_now(),
        zone=desk.hours.zone,
        language=desk.language,
        link=notices.console_url,
    )


def _by_sms(  # noqa: PLR0913, PLR0917 - what it works with, one argument each
    settings: Settings,
    keyring: KeyRing,
    database: Database,
    notices: NoticeSettings,
    notice: Notice,
    number: str,
    wait: float,
) -> str | None:
    """Put a test into the outbox and see what becomes of it."""
    from safar.cli.case_errands import queue_of  # noqa: PLC0415
    from safar.cli.doctor_cases import advice  # noqa: PLC0415
    from safar.gateway.providers.plugin import configured  # noqa: PLC0415

    queue = queue_of(keyring, [plugin.name for plugin in configured(settings)], notices)
    if queue is None:
        return f"not sent, code not_set_up. {advice('not_set_up')}"
    with database.write() as tx:
        outbox_id = queue(tx, _now(), notice, number, f"notice:{notice.key}")
    if outbox_id is None:
        return f"not sent, code opted_out. {advice('opted_out')}"
    state, code = _settled(database, outbox_id, wait)
    if state in {"accepted", "sent", "delivered", "read"}:
        return None
    if state in {"ready", "leased", "sending"}:
        return f"it is row {outbox_id} of the outbox and waits. Does the dispatcher run?"
    return f"not sent, it is {state}, code {code or 'none'}."


def _settled(database: Database, outbox_id: int, wait: float) -> tuple[str, str | None]:
    from sqlalchemy import select  # noqa: PLC0415

    from safar.store.tables import outbox  # noqa: PLC0415

    until = time.monotonic() + wait
    while True:
        with database.read() as tx:
            row = tx.execute(
                select(outbox.c.state, outbox.c.error_code).where(outbox.c.id == outbox_id)
            ).one()
        if row.state not in {"ready", "leased", "sending"} or time.monotonic() >= until:
            return row.state, row.error_code
        time.sleep(_LOOK_EVERY)


@contextmanager
def _store() -> Iterator[tuple[Settings, KeyRing, Database]]:
    from safar.store.crypto import KeyRing  # noqa: PLC0415
    from safar.store.database import open_database  # noqa: PLC0415

    settings = load_settings()
    keyring = KeyRing(settings.keys, settings.hash_key)
    database = open_database(settings.database_url)
    try:
        yield settings, keyring, database
    finally:
        database.close()


def _now() -> datetime:
    return datetime.now(timezone.utc)


def _span(span: timedelta) -> str:
    minutes = max(0, int(span.total_seconds() // 60))
    return f"{minutes // 60} h {minutes % 60:02} min"


def _end(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
