"""The console over a store with cases and staff, and browsers signed in as anybody."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from case_house import House as CaseHouse
from fastapi import FastAPI
from sqlalchemy import insert, select
from starlette.routing import Mount
from starlette.testclient import TestClient

from safar.cases import directory, opening
from safar.cases.actors import officer
from safar.cases.handling import Outcome
from safar.cases.rows import Case
from safar.cases.states import State
from safar.console import app as console_app
from safar.console import security
from safar.console.house import House
from safar.phrasing.catalogue import Catalogue
from safar.registry.holder import RegistryHolder
from safar.settings import Settings
from safar.staff import sessions
from safar.staff.passwords import Hasher
from safar.staff.permissions import Role
from safar.store.staff_tables import staff_accounts

QUICK = Hasher(memory_kib=8, passes=1)
"""Argon2 as always, with work for a moment only."""
PATH = console_app.PATH
BASE = "http://127.0.0.1:8080"


class Browser(TestClient):
    """A browser at the console: paths are below /console, redirects are not followed.

    `submit` posts a form with its token, as a page would.
    """

    def __init__(self, app: FastAPI, base_url: str = BASE) -> None:
        super().__init__(
            app,
            base_url=base_url,
            client=("127.0.0.1", 50000),
            follow_redirects=False,
            raise_server_exceptions=True,
        )
        self.csrf = ""

    def see(self, path: str, **more: Any) -> Any:
        return self.get(PATH + path, **more)

    def submit(self, path: str, **form: Any) -> Any:
        return self.post(PATH + path, data={"csrf": self.csrf, **form})


@dataclass
class Console:
    """The console, its cases and its people; each browser has cookies of its own.

    Attributes:
        cases: Desks, staff (``doha1``, ``doha2``, ``doha-boss``, …), conversations and cases.
        house: What the pages work with.
        app: A gateway with nothing but the console.
    """

    cases: CaseHouse
    house: House
    app: FastAPI = field(init=False)

    def __post_init__(self) -> None:
        self.app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
        console_app.mount(self.app, self.house)

    @property
    def inner(self) -> FastAPI:
        """The console's own application."""
        (mounted,) = [route.app for route in self.app.routes if isinstance(route, Mount)]
        assert isinstance(mounted, FastAPI)
        return mounted

    def browser(self, base_url: str = BASE) -> Browser:
        """A browser in which nobody is signed in."""
        return Browser(self.app, base_url)

    def hire(self, role: Role, desk: str = "doha", name: str = "") -> str:
        """Add a member of staff; return their id."""
        with self.house.database.write() as tx:
            return directory.add_staff(
                tx, self.house.office(), name or f"{desk} {role}", desk, role
            )

    def sign_in(self, staff_id: str, language: str = "en") -> Browser:
        """A browser in which this member of staff is signed in, as if they had just done so."""
        house = self.house
        now = house.clock()
        with house.database.write() as tx:
            known = tx.execute(
                select(staff_accounts.c.staff_id).where(staff_accounts.c.staff_id == staff_id)
            ).first()
            if known is None:
                tx.execute(
                    insert(staff_accounts).values(
                        staff_id=staff_id,
                        email_digest=house.keyring.seal("test", staff_id),
                        email_encrypted=house.keyring.encrypt(f"{staff_id}@example.org"),
                        language=language,
                        invited_at=now,
                        set_up_at=now,
                        updated_at=now,
                    )
                )
            token = sessions.start(tx, house.access, staff_id, "whole", "password")
        browser = self.browser()
        browser.cookies.set(security.SESSION, token)
        session = sessions.find(house.database, house.access, token)
        assert session is not None
        browser.csrf = security.token_of_session(house, session.id)
        return browser

    def signed_in(self, role: Role, desk: str = "doha", language: str = "en") -> Browser:
        """A browser in which somebody new of this role and desk is signed in."""
        return self.sign_in(self.hire(role, desk), language)

    def as_(self, who: str) -> Browser:
        """A browser in which one of `cases.staff` is signed in, such as ``doha1``."""
        return self.sign_in(self.cases.staff[who])

    def case_in(self, state: State, phone: str = "", **values: Any) -> Case:
        """A case of the desk doha in any state; done by ``doha1`` as far as staff did anything."""
        cases = self.cases
        number = cases.number()
        conversation_id, _ = cases.talk(phone or f"+97798{number:08}")
        case = cases.offer(conversation_id, **values)
        if state is State.OFFERED:
            return case
        if state is State.DECLINED:
            with cases.database.write() as tx:
                return opening.decline(tx, cases.office, case.id, case.contact_id)
        case = cases.consent(case)
        if state is State.WITHDRAWN:
            with cases.database.write() as tx:
                return opening.withdraw(tx, cases.office, case.id, case.contact_id)
        for after, what, more in _WAYS[state]:
            case = cases.case(case)
            if what == "reopen":
                with cases.database.write() as tx:
                    opening.reopen(tx, cases.office, case.id, officer(cases.staff["doha1"]))
            else:
                cases.do(what, case, "doha1", *more)
            assert cases.case(case).state is after
        return cases.case(case)


_ACKNOWLEDGED = [(State.ACKNOWLEDGED, "acknowledge", ())]
_TAKEN = [*_ACKNOWLEDGED, (State.WITH_PERSON, "take", ())]
_CLOSED = [*_ACKNOWLEDGED, (State.CLOSED, "close", (Outcome.HELPED,))]
_WAYS: dict[State, list[tuple[State, str, tuple[Any, ...]]]] = {
    State.OPEN: [],
    State.ACKNOWLEDGED: _ACKNOWLEDGED,
    State.WITH_PERSON: _TAKEN,
    State.HANDED_BACK: [*_TAKEN, (State.HANDED_BACK, "hand_back", ())],
    State.CLOSED: _CLOSED,
    State.REOPENED: [*_CLOSED, (State.REOPENED, "reopen", ())],
}


def make_console(
    cases: CaseHouse,
    settings: Settings,
    registry: RegistryHolder,
    words: Catalogue,
    hasher: Hasher = QUICK,
) -> Console:
    """Return the console over a store of cases."""
    house = House(
        settings=settings,
        database=cases.database,
        keyring=cases.keyring,
        office=lambda: cases.office,
        clock=cases.clock,
        choose=cases.rng.choice,
        registry=registry,
        words=words,
        languages=words.languages,
        hasher=hasher,
    )
    return Console(cases, house)
