"""`safar agencies`: a list is imported, the registers are shown, a search is tried."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from safar.cli.doctor import agency_lists
from safar.registry.agencies import AgencyRegister

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "content" / "agencies" / "samples"
LISTS = {
    "CSV": ("bd-sample-2026-11-01.csv", "bd-sample.yaml", "BD"),
    "XLSX": ("np-sample-2026-11-01.xlsx", "np-sample.yaml", "NP"),
}


def _arguments(kind: str) -> list[str]:
    file, mapping, _ = LISTS[kind]
    how = ROOT / "content" / "agencies" / "mappings" / mapping
    return ["agencies", "import", str(SAMPLES / file), "--mapping", str(how)]


@pytest.mark.parametrize("kind", LISTS)
def test_the_samples_are_what_their_lists_say(safar_cold, tmp_path: Path, kind: str) -> None:
    ran = safar_cold(*_arguments(kind), "--content-dir", str(tmp_path))
    assert (ran.code, "6 rows: 6 accepted, 0 rejected." in ran.out) == (0, True)
    for ending in ("yaml", "csv"):
        name = f"{LISTS[kind][2]}.{ending}"
        assert (tmp_path / "agencies" / name).read_bytes() == (
            ROOT / "content" / "agencies" / name
        ).read_bytes()


def test_the_loaded_list_is_loaded_already(safar_cold, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "content" / "agencies", tmp_path / "agencies")
    ran = safar_cold(*_arguments("CSV"), "--content-dir", str(tmp_path))
    assert "holds this list already" in ran.out


def test_rejected_rows_are_shown_by_number_and_reason(safar_cold, tmp_path: Path) -> None:
    file = tmp_path / "list-2026-11-01.csv"
    text = (SAMPLES / LISTS["CSV"][0]).read_text("utf-8")
    file.write_text(text.replace("suspended", "paused"), encoding="utf-8")
    arguments = _arguments("CSV")
    arguments[2] = str(file)
    arguments += ["--content-dir", str(tmp_path)]
    ran = safar_cold(*arguments)
    assert ran.code == 1
    assert "│   4 │ status" in ran.out
    assert "Nothing was written." in ran.err
    ran = safar_cold(*arguments, "--json")
    said = json.loads(ran.out)
    assert ran.code == 1
    assert (said["read"], said["accepted"], said["written"]) == (6, 5, False)
    assert [(row["row"], row["column"]) for row in said["rejected"]] == [(4, "status")]
    assert said["rejected"][0]["reason"] == "the status 'paused' is in no list of the mapping"
    ran = safar_cold(*arguments, "--accept-rejected", "--json")
    assert (ran.code, json.loads(ran.out)["written"]) == (0, True)


SAID = {
    "no date": (["--as-of", "soon"], "'soon' is no date; write it like 2026-11-01"),
    "a day to come": (["--as-of", "2999-01-01"], "yet to come"),
}


@pytest.mark.parametrize("name", SAID)
def test_what_cannot_be_is_one_sentence(safar_cold, tmp_path: Path, name: str) -> None:
    more, said = SAID[name]
    ran = safar_cold(*_arguments("CSV"), "--content-dir", str(tmp_path), *more)
    assert (ran.code, said in ran.err) == (1, True)
    assert "Traceback" not in ran.all


def test_a_list_without_a_date_asks_for_it(safar_cold, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    shutil.copy(SAMPLES / LISTS["CSV"][0], file)
    arguments = _arguments("CSV")
    arguments[2] = str(file)
    ran = safar_cold(*arguments, "--check", "--content-dir", str(tmp_path))
    assert (ran.code, "of what date is list.csv?" in ran.err) == (1, True)


def test_registers_and_a_search_are_shown(safar_cold, resources) -> None:
    place = {"registry_path": str(resources.settings.registry_path)}
    shown = safar_cold("agencies", "registers", **place)
    assert shown.out.count("SAMPLE") == 2
    listed = json.loads(safar_cold("agencies", "registers", "--json", **place).out)["registers"]
    assert [(row["country"], row["sample"]) for row in listed] == [("BD", True), ("NP", True)]
    found = safar_cold("agencies", "find", "ex 1o1 081", "--country", "np", "--json", **place)
    (match,) = json.loads(found.out)["matches"]
    assert (match["matched"], match["licence_number"]) == ("licence_number", "EX-101/081")
    assert "Nobody found." in safar_cold("agencies", "find", "zzz", **place).out
    assert "1 found." in safar_cold("agencies", "find", "EX-104/079", **place).out


def _register(**values: object) -> AgencyRegister:
    head = {
        "country": "NP",
        "authority": "Office",
        "sample": False,
        "source": "made-up",
        "as_of": "2026-11-01",
        "review_by": "2026-12-01",
        "confidence": "medium",
        "agencies": (),
    }
    return AgencyRegister.model_validate({**head, **values})


DOCTOR = {
    "current": ({}, "ok", "the list of 2026-11-01 of Office."),
    "a sample": ({"sample": True}, "warning", "made-up list"),
    "too old": ({"review_by": "2026-11-22"}, "warning", "too old to call anybody valid"),
}


@pytest.mark.parametrize("name", DOCTOR)
def test_the_doctor_looks_at_the_lists(name: str) -> None:
    values, level, said = DOCTOR[name]
    (finding,) = agency_lists([_register(**values)], date(2026, 11, 23))
    assert (finding.subject, finding.level) == ("agencies of NP", level)
    assert said in finding.sentence
