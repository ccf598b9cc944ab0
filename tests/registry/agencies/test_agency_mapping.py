"""A mapping says how a list is read, and what is wrong with the mapping itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from safar.registry.agencies.convert import normal_licence
from safar.registry.agencies.mapping import LicenceForm, Mapping, load_mapping
from safar.registry.errors import ContentError

MAPPING: dict[str, Any] = {
    "country": "NP",
    "authority": "Office",
    "source": "made-up",
    "columns": {"name": "Name", "status": "State"},
    "status": {"valid": ["ok"]},
}

NORMAL = {
    "digits of Nepali": ("L-१२३", "L-123"),
    "no prefix, no noughts": ("7", "L-007"),
    "spaces and small letters": (" l - 12 3", "L-123"),
    "another dash": ("L–123", "L-123"),
    "the letters O and l": ("L-1O l", "L-101"),
    "a word before it": ("No. L-123", "L-123"),
}


@pytest.mark.parametrize("name", NORMAL)
def test_numbers_are_put_in_one_form(name: str) -> None:
    written, number = NORMAL[name]
    form = LicenceForm(pattern=r"L-\d{3}", prefix="L-", pad=3, remove=("No.",))
    assert normal_licence(written, form) == number


def test_letters_beside_digits_stay_where_that_is_said() -> None:
    assert normal_licence("1O", LicenceForm(look_alikes=False)) == "1O"
    assert normal_licence("1O", LicenceForm()) == "10"
    assert normal_licence("OIL-10", LicenceForm()) == "OIL-10"


MAPPINGS = {
    "a pattern": ({"licence": {"pattern": "("}}, "the pattern '(' is not right"),
    "a form of dates": ({"dates": {"formats": ["%d/%m"]}}, "no form of a whole date"),
    "an encoding": ({"table": {"encoding": "utf-9"}}, "no encoding is called 'utf-9'"),
    "a word twice": (
        {"status": {"valid": ["ok"], "expired": ["OK"]}},
        "the status word 'ok' stands under two statuses",
    ),
    "no status at all": (
        {"columns": {"name": "Name"}, "status": {}},
        "name the column of the status",
    ),
    "a date without its group": ({"as_of_in_name": r"\d{4}"}, "needs one group"),
    "a key": ({"colums": {}}, "colums"),
}


@pytest.mark.parametrize("name", MAPPINGS)
def test_a_mapping_says_what_is_wrong_with_it(tmp_path: Path, name: str) -> None:
    change, said = MAPPINGS[name]
    path = tmp_path / "office.yaml"
    path.write_text(yaml.safe_dump({**MAPPING, **change}), encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load_mapping(path)
    assert said in str(caught.value)
    with pytest.raises(ContentError, match="does not exist; name one that is there: office.yaml"):
        load_mapping(tmp_path / "other.yaml")


def test_the_date_stands_in_the_name_of_the_file() -> None:
    mapping = Mapping.model_validate({**MAPPING, "as_of_in_name": r"list-(\d{4}-\d{2}-\d{2})"})
    assert mapping.as_of("list-2026-11-01.csv") == "2026-11-01"
    assert mapping.as_of("list.csv") is None


def test_a_title_that_yaml_takes_for_no_is_a_title(tmp_path: Path) -> None:
    path = tmp_path / "office.yaml"
    path.write_text(
        "country: NP\nauthority: Office\nsource: made-up\nsample: no\n"
        "columns: {name: Name, licence_number: No, status: [State, On]}\n"
        "status: {valid: [Yes, ok], expired: [No]}\n"
    )
    mapping = load_mapping(path)
    assert mapping.columns.licence_number == ("No",)
    assert mapping.columns.status == ("State", "On")
    assert (mapping.status.valid, mapping.status.expired) == (("Yes", "ok"), ("No",))
    assert not mapping.sample
