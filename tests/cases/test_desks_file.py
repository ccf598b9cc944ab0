"""content/desks.yaml: what an editor is told when something in it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from safar.cases.plan_file import check_plan, load_plan
from safar.registry.errors import ContentError

ROOT = Path(__file__).resolve().parents[2]
GOOD = """\
desks:
  - id: doha
    name: Nepal in Doha
    kind: mission
    origins: [NP]
    destinations: [QA]
    hours: {zone: Asia/Qatar, open: [{days: [sun, mon], from: "08:00", to: "15:00"}]}
    next: rest
  - id: rest
    name: Everybody else
    kind: default
    hours: {zone: UTC}
risk:
  kinds: {ask_wages: amber}
timers:
  red: {acknowledge: 10, again: 5, climbs: true, office_hours: false}
"""

# What is changed into what; line and words of the problem, and words of the remedy.
FAULTS: dict[str, tuple[str, str, int, str, str]] = {
    "misspelt key": ("origins:", "orgins:", 5, '"orgins"', 'write "origins"'),
    "unknown kind of desk": ("kind: mission", "kind: office", 4, '"office" is not known', "ngo"),
    "unknown zone": ("Asia/Qatar", "Asia/Doha2", 7, "time zone", "mend the entry"),
    "closes before it opens": ('to: "15:00"', 'to: "07:00"', 7, "past midnight", "mend the entry"),
    "no time of day": ('"08:00"', '"8 am"', 7, '"8 am"', "correct"),
    "unknown day": ("days: [sun, mon]", "days: [sun, lun]", 7, '"lun" is not known', "write 'mon'"),
    "country in small letters": ("[NP]", "[np]", 5, "np", "capital letters"),
    "no such next desk": ("next: rest", "next: nobody", 8, 'no desk "nobody"', "another desk"),
    "circle": ("next: rest", "next: doha", 8, "circle", "no next"),
    "no default": ("kind: default", "kind: ngo", 1, "nobody else's", "kind: default"),
    "two defaults": (
        "kind: mission\n    origins: [NP]\n    destinations: [QA]",
        "kind: default",
        9,
        "second desk of kind default",
        "keep one",
    ),
    "narrowed default": (
        "kind: default\n",
        "kind: default\n    origins: [NP]\n",
        12,
        "default desk has origins",
        "remove",
    ),
    "default with a next desk": (
        "kind: default\n",
        "kind: default\n    next: doha\n",
        12,
        "default desk has next",
        "remove",
    ),
    "the same id twice": ("- id: rest", "- id: doha", 9, "there twice", "another id"),
    "unknown topic": ("ask_wages: amber", "ask_money: amber", 14, '"ask_money"', "ask_wages"),
    "unknown risk": ("amber", "yellow", 14, '"yellow" is not known', "'amber'"),
    "a city alone": ("destinations: [QA]", "cities: [Doha]", 6, "without its country", "add"),
    "no minutes": ("acknowledge: 10", "acknowledge: 0", 16, '"0"', "correct"),
    "tab": ("  - id: rest", "\t- id: rest", 9, "tab", "spaces"),
}


def write(folder: Path, text: str) -> Path:
    content = folder / "content"
    content.mkdir(exist_ok=True)
    (content / "desks.yaml").write_text(text, encoding="utf-8")
    return content


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_with_line_and_remedy(tmp_path: Path, fault: str) -> None:
    before, after, line, words, remedy = FAULTS[fault]
    assert before in GOOD
    problems = check_plan(write(tmp_path, GOOD.replace(before, after, 1)))
    found = [p for p in problems if words in p.message and remedy in p.remedy]
    assert [(p.file, p.line) for p in found] == [("content/desks.yaml", line)], problems
    with pytest.raises(ContentError):
        load_plan(tmp_path / "content")


def test_a_good_file(tmp_path: Path) -> None:
    content = write(tmp_path, GOOD)
    assert check_plan(content) == ()
    plan = load_plan(content)
    assert plan is not None
    assert [desk.id for desk in plan.desks] == ["doha", "rest"]
    assert (plan.timers.red.acknowledge, plan.timers.offer_hours) == (10, 24)
    after = [plan.after(desk_id) for desk_id in ("doha", "gone", "rest")]
    assert [desk and desk.id for desk in after] == ["rest", "rest", None]


def test_without_the_file_there_are_no_desks(tmp_path: Path) -> None:
    assert check_plan(tmp_path) == ()
    assert load_plan(tmp_path) is None


def test_the_desks_that_come_along_say_that_they_are_samples() -> None:
    plan = load_plan(ROOT / "content")
    assert plan is not None
    assert all(
        desk.name.startswith("SAMPLE") and desk.id.startswith("sample-") for desk in plan.desks
    )
    addresses = [
        address
        for desk in plan.desks
        for notices in (desk.notices, desk.supervisor_notices)
        for address in (*notices.email, *notices.sms, *notices.webhook)
    ]
    assert addresses
    assert all(address.endswith(".example") for address in addresses)


def test_what_is_wrong_is_told_by_content_check(tmp_path: Path, safar_check) -> None:
    code, out = safar_check("desks.yaml", GOOD.replace("next: rest", "next: nobody"))
    assert code == 1
    assert 'content/desks.yaml:8: desks[0] "doha": there is no desk "nobody"' in out
