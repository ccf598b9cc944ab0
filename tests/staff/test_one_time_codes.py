"""One-time codes: those of now, none twice, and those on paper once."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
from staff_office import ANN, StaffOffice

from safar.staff import codes
from tests.clock import NOW

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def shown(seconds: int = 0) -> str:
    return pyotp.TOTP(SECRET).at(NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-30, 0, 30], ids=["slow", "right", "fast"])
def test_a_telephone_may_go_a_little_slow_or_fast(seconds: int) -> None:
    assert codes.step_of(SECRET, shown(seconds), NOW, None) is not None


@pytest.mark.parametrize("seconds", [-90, -60, 60, 90])
def test_an_older_or_later_code_is_none(seconds: int) -> None:
    assert codes.step_of(SECRET, shown(seconds), NOW, None) is None


def test_no_code_works_twice_nor_one_before_it() -> None:
    step = codes.step_of(SECRET, shown(), NOW, None)
    assert codes.step_of(SECRET, shown(), NOW, step) is None
    assert codes.step_of(SECRET, shown(-30), NOW, step) is None
    assert codes.step_of(SECRET, shown(30), NOW, step) is not None


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "１２３４５６", "9" * 500, "\0"])
def test_what_is_no_code_is_refused(typed: str) -> None:
    assert codes.step_of(SECRET, typed, NOW, None) is None


def test_spaces_do_not_count() -> None:
    assert codes.step_of(SECRET, f" {shown()[:3]} {shown()[3:]} ", NOW, None) is not None


def test_it_is_the_algorithm_of_the_standard() -> None:
    # RFC 6238, appendix B, SHA-1, at 59 seconds; the last six of its eight digits.
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    moment = NOW.fromtimestamp(59, tz=NOW.tzinfo)
    assert codes.step_of(secret, "287082", moment, None) == 1


def test_the_picture_is_drawn_without_style_or_script() -> None:
    drawn = codes.picture(codes.address(SECRET, ANN))
    assert drawn.startswith("<svg") and "viewBox" in drawn
    assert "style" not in drawn and "script" not in drawn


@pytest.mark.both_databases
def test_a_code_on_paper_works_once_however_it_is_typed(office: StaffOffice) -> None:
    paper = office.accept(office.invite())
    staff_id = office.account().staff_id
    assert len(set(paper)) == codes.RECOVERY_CODES
    typed = paper[0].lower().replace("-", " ")
    for expected in ("recovery", None):
        with office.database.write() as tx:
            assert codes.use(tx, office.access, staff_id, typed) == expected
    with office.database.read() as tx:
        assert codes.recovery_left(tx, staff_id) == codes.RECOVERY_CODES - 1


@pytest.mark.both_databases
def test_new_codes_on_paper_replace_the_old(office: StaffOffice) -> None:
    old = office.accept(office.invite())
    staff_id = office.account().staff_id
    with office.database.write() as tx:
        new = codes.renew_recovery(tx, office.access, staff_id)
    with office.database.write() as tx:
        assert codes.use(tx, office.access, staff_id, old[3]) is None
        assert codes.use(tx, office.access, staff_id, new[3]) == "recovery"


@pytest.mark.both_databases
def test_a_code_on_paper_is_of_one_person_only(office: StaffOffice) -> None:
    paper = office.accept(office.invite())
    other = office.set_up("ben@example.org")
    with office.database.write() as tx:
        assert codes.use(tx, office.access, other, paper[0]) is None
