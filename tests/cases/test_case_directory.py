"""Desks follow content/desks.yaml; of staff the store knows what cases need, encrypted."""

from __future__ import annotations

import pytest
from case_house import House
from sqlalchemy import select

from safar.cases import directory
from safar.cases.actors import officer
from safar.cases.errors import CaseRefusedError
from safar.store.case_tables import desks, staff

pytestmark = pytest.mark.both_databases


def test_desks_follow_the_file(house: House) -> None:
    left = tuple(desk for desk in house.plan.desks if desk.id != "ngo")
    house.plan = house.plan.model_copy(update={"desks": left})
    with house.database.write() as tx:
        directory.sync_desks(tx, house.office)
        found = dict(tx.execute(select(desks.c.id, desks.c.retired_at)).all())
        with pytest.raises(CaseRefusedError, match="no desk ngo"):
            directory.add_staff(tx, house.office, "Late", "ngo", "officer")
    assert found == {"doha": None, "rest": None, "ngo": house.clock()}


def test_the_name_of_staff_is_encrypted_and_in_no_event(house: House) -> None:
    with house.database.read() as tx:
        row = tx.execute(select(staff).where(staff.c.id == house.staff["doha1"])).one()
    assert "doha 1" not in row.name_encrypted
    assert house.keyring.decrypt(row.name_encrypted) == "doha 1"
    assert officer(row.id).staff_id == row.id
