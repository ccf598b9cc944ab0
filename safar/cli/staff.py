"""`safar staff`: accounts for the console, from the machine itself; the first comes from here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from safar.settings import Settings, load_settings

if TYPE_CHECKING:
    from safar.cases.office import Office
    from safar.staff.access import Access
    from safar.staff.permissions import Role
    from safar.store.database import Database, Tx

app = typer.Typer(help="Give staff their accounts for the console.", no_args_is_help=True)

Who = Annotated[
    str, typer.Argument(help="E-mail address, or the id that `safar staff list` shows.")
]


@app.command()
def invite(
    email: Annotated[str, typer.Argument(help="Their e-mail address, by which they sign in.")],
    name: Annotated[str, typer.Option(help="Their name, as colleagues are to see it.")],
    role: Annotated[
        str, typer.Option(help="officer, supervisor, editor, auditor or admin.")
    ] = "officer",
    desk: Annotated[
        str, typer.Option(help="Id of a desk of content/desks.yaml; else the default desk.")
    ] = "",
) -> None:
    """Make an account and show its link, which works once, within 72 hours.

    Give the link to that person and to nobody else: with it they set up password and authenticator.
    """
    from safar.cases import directory  # noqa: PLC0415 - only this command
    from safar.staff import accounts, invitations  # noqa: PLC0415
    from safar.staff.record import OPERATOR  # noqa: PLC0415

    with _place() as place, place.database.write() as tx:
        office = place.office()
        wanted = office.plan.desk(desk) if desk else office.plan.default_desk
        if wanted is None:
            _end(f"There is no desk {desk}. Take one of content/desks.yaml.")
        checked = _role(role)
        # Looked at first, so that nothing is written for an address that is none.
        accounts.checked_email(email)
        directory.see_that_desk_is_known(tx, office, wanted)
        staff_id = directory.add_staff(tx, office, accounts.checked_name(name), wanted.id, checked)
        token = invitations.invite(tx, place.access, staff_id, email, OPERATOR)
    _show_link(place.settings, token)


@app.command(name="list")
def list_() -> None:
    """Show everybody who has an account: state, role, desk, name, address and id."""
    from safar.staff import accounts  # noqa: PLC0415 - only this command

    with _place() as place, place.database.read() as tx:
        everybody = accounts.everybody(tx, place.access)
    for each in everybody:
        typer.echo(
            f"{each.state:<9} {each.role:<11} {each.desk_id:<24} {each.name} <{each.email}>"
            f"  {each.staff_id}"
        )
    if not everybody:
        typer.echo("Nobody has an account yet. Invite an administrator: safar staff invite --help")


@app.command()
def disable(who: Who) -> None:
    """Let an account be used no more; whoever is signed in with it is out at once."""
    from safar.staff import managing  # noqa: PLC0415 - only this command
    from safar.staff.record import OPERATOR  # noqa: PLC0415

    with _place() as place, place.database.write() as tx:
        managing.disable(tx, place.access, _id_of(tx, place.access, who), OPERATOR)
    typer.echo("The account is disabled, and its sessions ended.")


@app.command()
def enable(who: Who) -> None:
    """Let a disabled account be used again, as it was."""
    from safar.staff import managing  # noqa: PLC0415 - only this command
    from safar.staff.record import OPERATOR  # noqa: PLC0415

    with _place() as place, place.database.write() as tx:
        managing.enable(tx, place.access, _id_of(tx, place.access, who), OPERATOR)
    typer.echo("The account can be used again.")


@app.command(name="reset-sign-in")
def reset_sign_in(who: Who) -> None:
    """Take password and authenticator away from an account and show a new link to set them up.

    For whoever lost both, or whose invitation is too old. Their sessions end.
    """
    from safar.staff import invitations  # noqa: PLC0415 - only this command
    from safar.staff.record import OPERATOR  # noqa: PLC0415

    with _place() as place, place.database.write() as tx:
        staff_id = _id_of(tx, place.access, who)
        token = invitations.renew(tx, place.access, staff_id, OPERATOR)
    _show_link(place.settings, token)


@dataclass(frozen=True)
class _Place:
    settings: Settings
    database: Database
    access: Access

    def office(self) -> Office:
        from safar.cases.office_of import office_source  # noqa: PLC0415

        return office_source(
            self.settings, self.access.keyring, self.access.clock, self.access.choose
        )()


@contextmanager
def _place() -> Iterator[_Place]:
    """Open the store for one command; an error of ours is its sentence and a failing exit."""
    import secrets  # noqa: PLC0415
    from datetime import datetime, timezone  # noqa: PLC0415

    from safar.cases.errors import CaseError  # noqa: PLC0415
    from safar.staff.access import Access  # noqa: PLC0415
    from safar.staff.errors import StaffError  # noqa: PLC0415
    from safar.store.crypto import KeyRing  # noqa: PLC0415
    from safar.store.database import open_database  # noqa: PLC0415

    settings = load_settings()
    keyring = KeyRing(settings.keys, settings.hash_key)
    database = open_database(settings.database_url)
    access = Access(keyring, lambda: datetime.now(timezone.utc), secrets.choice)
    try:
        yield _Place(settings, database, access)
    except (StaffError, CaseError) as error:
        _end(str(error))
    finally:
        database.close()


def _id_of(tx: Tx, access: Access, who: str) -> str:
    from safar.staff import accounts  # noqa: PLC0415

    if "@" not in who:
        return accounts.read(tx, access, who).staff_id
    found = accounts.by_email(tx, access, who)
    if found is None:
        _end("No account has this address. Look for it: safar staff list")
    return found.staff_id


def _role(word: str) -> Role:
    from safar.staff.permissions import ROLES  # noqa: PLC0415

    for role in ROLES:
        if role == word:
            return role
    _end(f"There is no role {word}. Take one of: {', '.join(ROLES)}.")


def _show_link(settings: Settings, token: str) -> None:
    from safar.staff.invitations import link  # noqa: PLC0415

    typer.echo("This link works once, within 72 hours, and is shown this once:")
    typer.echo(link(settings, token))
    if not settings.console:
        typer.echo("The console is closed: set SAFAR_CONSOLE=true and start Safar again.", err=True)


def _end(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
