"""What the dispatcher's process does for cases by itself."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from case_house import House
from notice_house import DOHA, plan_with, settings, states
from sqlalchemy import select

from safar.cases.errors import NoDesksError
from safar.cases.office import Office
from safar.cli.case_errands import case_errands
from safar.gateway.dispatcher import Dispatcher
from safar.gateway.providers.plugin import Errand, Surroundings
from safar.settings import Settings
from safar.store.case_tables import desks
from tests.peers.mail import Mailbox, mail_server


def nothing(*_: Any) -> Any:
    raise AssertionError("Nothing comes in here.")


def errands(
    house: House, office: Callable[[], Office] | None = None, **values: Any
) -> dict[str, Errand]:
    surroundings = Surroundings(
        Settings(_env_file=None, home=Path("/nowhere")),
        house.database,
        house.keyring,
        house.clock,
        nothing,
        nothing,
        nothing,
    )
    made = case_errands(
        surroundings, "owner", ["fake"], settings(**values), office or (lambda: house.office)
    )
    return {errand.name: errand for errand in made}


def known(house: House) -> dict[str, bool]:
    """Return the desks in the store, and whether they are in use."""
    with house.database.read() as tx:
        found = tx.execute(select(desks.c.id, desks.c.retired_at)).all()
    return {row.id: row.retired_at is None for row in found}


@pytest.mark.both_databases
def test_desks_follow_the_file(house: House) -> None:
    follow = errands(house)["desks"].run
    assert follow() == 3
    assert known(house) == {"doha": True, "ngo": True, "rest": True}
    assert follow() == 0
    house.plan = house.plan.model_copy(update={"desks": house.plan.desks[1:]})
    assert follow() == 2
    assert known(house) == {"doha": False, "ngo": True, "rest": True}


@pytest.mark.both_databases
def test_cases_climb(house: House) -> None:
    case = house.open(danger=True)
    climb = errands(house)["climb"].run
    assert climb() == 0
    house.pass_(16)
    assert climb() == 1
    assert house.case(case).level == 1


def test_where_there_are_no_desks_nothing_is_done_and_nothing_fails(house: House) -> None:
    def office() -> Office:
        raise NoDesksError("There are none.")

    for errand in errands(house, office).values():
        assert errand.run() == 0


def test_the_dispatcher_tells_staff_while_a_server_holds_one_way_up(house: House) -> None:
    mailbox = Mailbox()
    stop, held = threading.Event(), threading.Event()

    def waits() -> int:
        # A machine of somebody else's that takes for ever.
        held.set()
        stop.wait(60)
        return 0

    with mail_server(mailbox) as port:
        house.plan = plan_with(doha={"email": [DOHA]})
        house.open()
        ours = errands(house, smtp_host="127.0.0.1", smtp_port=port, smtp_security="none")
        dispatcher = Dispatcher(
            house.database,
            house.keyring,
            [],
            owner="one",
            clock=house.clock,
            rng=house.rng,
            errands=[Errand("held", 1, waits, alone=True), *ours.values()],
        )
        thread = threading.Thread(target=dispatcher.run, args=(stop,))
        thread.start()
        try:
            assert held.wait(10)
            while states(house) != [("email", "sent", None)]:
                assert thread.is_alive()
        finally:
            stop.set()
            thread.join()
    assert [letter.to for letter in mailbox.letters] == [DOHA]


def test_only_what_waits_for_others_has_a_thread_of_its_own(house: House) -> None:
    alone = {name for name, errand in errands(house).items() if errand.alone}
    assert alone == {"notices.email", "notices.webhook"}
