"""The table of cases that leaves the house: whose, which, and what is not in it."""

from __future__ import annotations

import json

import pytest
from case_house import House
from sqlalchemy import select

from safar.cases import directory, handling, opening
from safar.cases.directory import Role
from safar.cases.exporting import table
from safar.cases.handling import Outcome
from safar.cases.listing import Tab, Wanted
from safar.cases.opening import About
from safar.cases.plan import Risk
from safar.store.case_tables import audit

pytestmark = pytest.mark.both_databases

ALL = Wanted(tab=Tab.ALL)


def numbers(house: House, who: str, wanted: Wanted = ALL) -> list[int]:
    with house.database.read() as tx:
        return table.found(tx, house.staff[who], wanted, house.clock())


def lines(house: House, desk: str, wanted: list[int]) -> list[dict[str, object]]:
    found = table.lines(house.database, desk, wanted, house.clock())
    return [dict(zip(table.HEADER, line, strict=True)) for line in found]


def case_of(house: House, phone: str, **values: object) -> int:
    house.pass_(1)
    return house.open(house.talk(phone)[0], **values).id


def test_a_table_has_the_cases_of_ones_own_desk(house: House) -> None:
    ours = case_of(house, "+9779840000001")
    other = case_of(house, "+9779840000002", kind="missing_relative")
    assert numbers(house, "doha-boss") == [ours]
    assert numbers(house, "ngo-boss") == [other]


def test_an_offer_that_nobody_agreed_to_is_not_in_it(house: House) -> None:
    offered = house.offer(house.talk()[0])
    with house.database.write() as tx:
        opening.decline(tx, house.office, offered.id, offered.contact_id)
    house.offer(house.talk("+9779840000002")[0])
    assert numbers(house, "doha-boss") == []


def test_it_is_narrowed_as_the_list_is(house: House) -> None:
    case_of(house, "+9779840000001")
    red = case_of(house, "+9779840000002", danger=True)
    assert numbers(house, "doha-boss", Wanted(tab=Tab.WAITING, risk=Risk.RED)) == [red]


def test_it_has_all_pages(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "AT_ONCE", 2)
    made = [case_of(house, f"+977984000000{place}") for place in range(5)]
    found = numbers(house, "doha-boss")
    assert found == made[::-1]
    assert [line["case"] for line in lines(house, "doha", found)] == found


def test_a_line_says_when_what_happened(house: House) -> None:
    started = house.clock()
    case = house.open(danger=True)
    house.pass_(5)
    case = house.do("take", case, "doha1")
    house.pass_(5)
    house.reply(case, "doha1", "We are here.")
    case = house.do("hand_back", house.case(case), "doha1")
    house.do("close", case, "doha1", Outcome.HELPED)
    (line,) = lines(house, "doha", [case.id])
    assert {name: line[name] for name in ("risk", "state", "outcome", "kind")} == {
        "risk": "red",
        "state": "closed",
        "outcome": "helped",
        "kind": "ask_wages",
    }
    assert (line["origin"], line["destination"], line["desk_id"]) == ("NP", "QA", "doha")
    assert line["opened_at"] == started.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert str(line["first_reply_at"]) > str(line["acknowledged_at"]) > str(line["opened_at"])
    assert (line["reopened_at"], line["withdrawn_at"]) == ("", "")


def test_nothing_of_the_person_is_in_it(house: House) -> None:
    conversation, contact = house.talk("+9779841234567")
    about = About(name="Sita Rai", relation="sister")
    house.write(conversation, "My passport is with Hassan.")
    case = house.open(conversation, for_other=True, about=about, city="Al Khor", variant="ne-Latn")
    house.do("note", case, "doha1", "She called from Block 7.")
    (line,) = lines(house, "doha", [case.id])
    told = json.dumps(line, default=str)
    hidden = "841234567 Sita Rai sister Hassan Khor Latn Block".split()
    assert not [word for word in [*hidden, case.reference, contact, conversation] if word in told]
    assert line["for_other"] == "yes"


def test_what_left_the_desk_meanwhile_is_left_out(house: House) -> None:
    case = house.open()
    found = numbers(house, "doha-boss")
    with house.database.write() as tx:
        handling.transfer(tx, house.office, case.id, house.staff["doha1"], "ngo")
    assert lines(house, "doha", found) == []


def test_the_audit_knows_who_took_how_many_and_which(house: House) -> None:
    wanted = Wanted(tab=Tab.ALL, risk=Risk.RED, origin="NP")
    boss = house.staff["doha-boss"]
    with house.database.write() as tx:
        table.record(tx, house.keyring, boss, "doha", wanted, 3, house.clock())
    with house.database.read() as tx:
        row = tx.execute(select(audit).order_by(audit.c.number.desc()).limit(1)).one()
    assert (row.actor, row.actor_id, row.action) == ("staff", boss, "export")
    assert (row.subject, row.subject_id) == ("cases", "doha")
    filters = {"tab": "all", "risk": "red", "origin": "NP"}
    assert json.loads(row.details) == {"as": "csv", "rows": 3, "filters": filters}


@pytest.mark.parametrize("role", ["editor", "auditor", "admin"])
def test_who_handles_no_cases_gets_none(house: House, role: Role) -> None:
    case_of(house, "+9779840000001")
    with house.database.write() as tx:
        house.staff["other"] = directory.add_staff(tx, house.office, "Other", "doha", role)
    assert numbers(house, "other") == []
