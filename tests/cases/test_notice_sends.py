"""Who is told what, once for each address; what fails is tried again, and what dies is not lost."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from case_house import House
from notice_house import BOSS, DOHA, REST, Said, Tellers, plan_with, settings, states, undone
from sqlalchemy import insert

from safar.cases import directory
from safar.cases.notices import sends, spreading
from safar.cases.notices.errors import NotSentError, NotSetUpError, RefusedError, WayDownError
from safar.cases.notices.notice import Notice
from safar.store import counters, erasure
from safar.store.case_tables import case_notices
from safar.store.notice_counts import notice_counts

pytestmark = pytest.mark.both_databases

PLAN = plan_with(
    doha={"email": [DOHA, "second@doha.example.org"], "webhook": ["https://hook.example.org/a"]},
    doha_boss={"email": [BOSS]},
    rest={"email": [REST]},
)


@pytest.fixture
def tell(house: House) -> Tellers:
    house.plan = PLAN
    return Tellers(house, settings())


def test_each_address_of_the_desk_is_told_once(house: House, tell: Tellers) -> None:
    case = house.open()
    said = Said()
    assert tell.by(said) == 2
    assert said.addresses() == [DOHA, "second@doha.example.org"]
    notice = said.told[0][0]
    assert (notice.kind, notice.case_id, notice.desk_id, notice.risk) == (
        "opened", case.id, "doha", "amber",
    )  # fmt: skip
    assert notice.link == f"https://safar.example.org/console/cases/{case.id}"
    assert tell.by(said) == 0
    assert states(house) == [
        ("email", "sent", None),
        ("email", "sent", None),
        ("webhook", "ready", None),
    ]
    assert undone(house) == 1
    assert tell.by(Said("webhook")) == 1
    assert undone(house) == 0


def test_what_is_for_the_supervisor_goes_to_them_alone(house: House, tell: Tellers) -> None:
    house.open(danger=True)
    tell.by(Said())
    house.pass_(16)
    assert house.climb() == 1
    said = Said()
    tell.by(said)
    assert [(notice.kind, address) for notice, address in said.told] == [
        ("climbed_supervisor", BOSS)
    ]


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        (plan_with(doha={"email": [DOHA]}), [DOHA]),
        (plan_with(rest={"email": [REST]}), [REST]),
        (plan_with(rest_boss={"email": [BOSS]}, rest={"email": [REST]}), [BOSS]),
    ],
    ids=["a supervisor without an address", "a desk without", "the default desk's supervisor"],
)
def test_somebody_is_told_in_their_place(house: House, plan, told: list[str]) -> None:
    house.plan = plan
    house.open(danger=True)
    tell = Tellers(house, settings())
    tell.by(Said())
    house.pass_(16)
    house.climb()
    said = Said()
    tell.by(said)
    assert said.addresses() == told


def test_where_nobody_is_named_that_is_shown(house: House) -> None:
    house.plan = plan_with()
    house.open()
    Tellers(house, settings()).by(Said())
    assert states(house) == [("none", "failed", "no_address")]
    with house.database.read() as tx:
        assert notice_counts(tx, house.clock()).failed == {("none", "no_address"): 1}
        assert counters.value(tx, "notices.no_address", house.clock()) == 1
    # Somebody is named now.
    house.plan = PLAN
    assert spreading.retry_failed(house.database, house.clock()) == 1
    said = Said()
    Tellers(house, settings()).by(said)
    assert said.addresses() == [DOHA, "second@doha.example.org"]


def test_a_desk_that_left_the_file_is_told_at_its_last_addresses(house: House) -> None:
    house.plan = plan_with(doha={"email": [DOHA]}, rest={"email": [REST]})
    with house.database.write() as tx:
        directory.sync_desks(tx, house.office)
    house.open()
    house.plan = plan_of_without_doha()
    said = Said()
    Tellers(house, settings()).by(said)
    assert said.addresses() == [DOHA]
    assert said.told[0][0].desk_name == "Nepal in Doha"


def plan_of_without_doha():
    plan = plan_with(rest={"email": [REST]})
    return plan.model_copy(update={"desks": plan.desks[1:]})


def test_an_address_that_was_mended_is_told_and_the_wrong_one_no_more(house: House) -> None:
    house.plan = plan_with(doha={"email": ["wrong@example.org"]})
    house.open()
    tell = Tellers(house, settings())
    assert tell.by(Said(fails=[NotSentError("letter_450")])) == 0
    house.plan = plan_with(doha={"email": [DOHA]})
    tell.later(minutes=1)
    said = Said()
    tell.by(said)
    assert said.addresses() == [DOHA]
    assert states(house) == [("email", "skipped", "address_gone"), ("email", "sent", None)]
    assert undone(house) == 0


def test_what_failed_is_tried_again_later_and_at_last_given_up(house: House) -> None:
    house.plan = plan_with(doha={"email": [DOHA]})
    house.open()
    tell = Tellers(house, settings(attempts=4))
    waits = []
    for _ in range(4):
        said = Said(fails=[NotSentError("lost")])
        waited = 0
        while not (tell.by(said) or not said.fails):
            tell.later(seconds=10)
            waited += 10
        waits.append(waited)
    assert waits == [0, 30, 60, 120]
    assert states(house) == [("email", "failed", "lost")]
    assert undone(house) == 0
    tell.later(days=2)
    assert tell.by(Said()) == 0
    # Until an operator mends what was wrong.
    spreading.retry_failed(house.database, house.clock())
    assert tell.by(Said()) == 1
    assert states(house) == [("email", "sent", None)]


def test_what_the_other_side_asks_to_wait_is_waited(house: House) -> None:
    house.plan = plan_with(doha={"email": [DOHA]})
    house.open()
    tell = Tellers(house, settings())
    tell.by(Said(fails=[NotSentError("http_503", 600)]))
    tell.later(seconds=599)
    assert tell.by(Said()) == 0
    tell.later(seconds=1)
    assert tell.by(Said()) == 1


@pytest.mark.parametrize(
    "error", [RefusedError("recipient_550"), NotSetUpError()], ids=lambda error: error.code
)
def test_what_is_refused_is_given_up_at_once_and_the_next_is_told(
    house: House, tell: Tellers, error: NotSentError
) -> None:
    house.open()
    assert tell.by(Said(fails=[error])) == 1
    assert states(house)[:2] == [("email", "failed", error.code), ("email", "sent", None)]


def test_where_the_server_is_away_the_others_are_not_tried(house: House, tell: Tellers) -> None:
    house.open()
    said = Said(fails=[WayDownError("unreached"), None])
    assert tell.by(said) == 0
    assert said.fails == [None]
    # Soon another one is tried, not the one that has just failed.
    assert tell.by(said) == 1
    assert said.addresses() == ["second@doha.example.org"]


def test_what_fails_one_way_is_repeated_that_way_alone(house: House, tell: Tellers) -> None:
    house.open()
    hook = Said("webhook")
    tell.by(hook)
    tell.by(Said(fails=[NotSentError("lost"), NotSentError("lost")]))
    tell.later(hours=1)
    tell.by(hook)
    tell.by(Said())
    assert len(hook.told) == 1


def test_red_cases_are_told_of_first(house: House, tell: Tellers) -> None:
    house.open(house.talk("+9779800000001")[0])
    red = house.open(house.talk("+9779800000002")[0], danger=True)
    said = Said()
    tell.by(said)
    assert [notice.case_id for notice, _ in said.told][:2] == [red.id, red.id]


def test_a_send_is_lent_to_one_sender(house: House, tell: Tellers) -> None:
    house.open()
    spreading.spread(house.database, house.office)
    lent = [sends.claim(house.database, house.office, "email", who, "", 9) for who in "abc"]
    assert [claimed and claimed.address for claimed in lent] == [
        DOHA, "second@doha.example.org", None,
    ]  # fmt: skip


def test_who_lost_the_lease_settles_nothing(house: House) -> None:
    house.plan = plan_with(doha={"email": [DOHA]})
    house.open()
    spreading.spread(house.database, house.office)
    first = sends.claim(house.database, house.office, "email", "one", "", 9)
    house.clock.pass_(sends.LEASE.total_seconds())
    second = sends.claim(house.database, house.office, "email", "two", "", 9)
    assert first
    assert second
    # The same key: whoever is told twice can see that it is one.
    assert (first.notice.key, first.attempts, second.attempts) == (second.notice.key, 1, 2)
    for late in (
        sends.sent(house.database, house.office, first, "one"),
        sends.give_up(house.database, house.office, first, "one", "lost"),
        sends.again(house.database, house.office, first, "one", "lost", 0),
        # The same name again, after a restart.
        sends.sent(house.database, house.office, replace(first, attempts=1), "two"),
    ):
        assert not late
    assert states(house) == [("email", "leased", None)]
    assert sends.sent(house.database, house.office, second, "two")


def test_who_always_dies_of_a_notice_does_so_no_more_than_is_allowed(house: House) -> None:
    house.plan = plan_with(doha={"email": [DOHA]})
    house.open()
    spreading.spread(house.database, house.office)
    for _ in range(3):
        assert sends.claim(house.database, house.office, "email", "one", "", 3)
        house.clock.pass_(sends.LEASE.total_seconds())
    assert sends.claim(house.database, house.office, "email", "one", "", 3) is None
    assert states(house) == [("email", "failed", "attempts")]


def test_two_senders_at_once_tell_once(house: House) -> None:
    house.plan = plan_with(doha={"email": [DOHA]})
    number = 12
    for n in range(number):
        house.open(house.talk(f"+97798000000{n:02}")[0])
    tell = Tellers(house, settings())
    both = threading.Barrier(2)
    told: list[str] = []

    class Slow(Said):
        def send(self, notice: Notice, address: str) -> None:
            told.append(notice.key)

    def run(owner: str) -> None:
        both.wait()
        while tell.by(Slow(), owner) or undone(house):
            pass

    threads = [threading.Thread(target=run, args=(owner,)) for owner in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == len(set(told)) == number


@pytest.mark.parametrize("back", [timedelta(hours=5), timedelta(days=4000)], ids=str)
def test_a_clock_that_was_set_back_holds_nothing_up(house: House, back: timedelta) -> None:
    house.plan = plan_with(doha={"email": [DOHA]}, doha_boss={"email": [BOSS]})
    house.open()
    tell = Tellers(house, settings())
    tell.by(Said(fails=[NotSentError("lost")]))
    house.open(house.talk("+9779800000002")[0])
    spreading.spread(house.database, house.office)
    # One waits for its next try, one is lent to somebody who died.
    assert sends.claim(house.database, house.office, "email", "dead", "", 9)
    house.clock.now -= back
    assert tell.by(Said()) == 2


def test_a_clock_that_was_ahead_holds_nothing_up(house: House) -> None:
    house.plan = plan_with(doha={"email": [DOHA]})
    house.open()
    tell = Tellers(house, settings())
    tell.by(Said(fails=[NotSentError("lost")]))
    tell.later(days=365)
    assert tell.by(Said()) == 1


def test_of_somebody_who_was_forgotten_nobody_is_told_any_more(house: House, tell: Tellers) -> None:
    conversation_id, _ = house.talk()
    case = house.open(conversation_id)
    said = Said(fails=[RefusedError("recipient_550"), NotSentError("lost")])
    tell.by(said)
    with house.database.write() as tx:
        erasure.begin(tx, house.keyring, conversation_id, house.clock())
    with house.database.write() as tx:
        assert erasure.finish(tx, house.keyring) == 1
    tell.later(hours=1)
    assert spreading.retry_failed(house.database, house.clock()) == 0
    assert tell.by(said) == 0
    assert house.case(case).erased_at is not None
    assert undone(house) == 0


def test_forgotten_while_it_was_being_told(house: House) -> None:
    house.plan = plan_with(doha={"email": [DOHA]})
    conversation_id, _ = house.talk()
    house.open(conversation_id)

    def forget() -> None:
        with house.database.write() as tx:
            erasure.begin(tx, house.keyring, conversation_id, house.clock())
        with house.database.write() as tx:
            erasure.finish(tx, house.keyring)

    tell = Tellers(house, settings())
    tell.by(Said(meanwhile=forget))
    assert states(house) == [("email", "sent", None)]
    assert undone(house) == 0


def test_many_notices_are_told_in_turns(house: House) -> None:
    house.plan = plan_with(doha={"email": [DOHA]})
    case = house.open()
    queued = {"case_id": case.id, "desk_id": "doha", "kind": "added", "created_at": house.clock()}
    with house.database.write() as tx:
        for n in range(130):
            tx.execute(insert(case_notices).values(idempotency_key=f"test:{n}", **queued))
    tell = Tellers(house, settings())
    assert [tell.by(Said()) for _ in range(4)] == [50, 50, 31, 0]
