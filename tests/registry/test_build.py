"""The registry is built whole or not at all, and the same content gives the same hash."""

from __future__ import annotations

import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from content_tree import FILES, changed, write_tree

from safar.registry.build import build_registry
from safar.registry.errors import ContentError, RegistryBuildError
from safar.registry.query import Registry
from safar.registry.schema import SCHEMA_VERSION
from safar.registry.sqlite import sqlite3


def hash_of(folder: Path, now: datetime, changes: dict[str, str | bytes] | None = None) -> str:
    return build_registry(write_tree(folder, changes), folder / "r.db", now).content_hash


def test_the_report_tells_what_was_built(content: Path, tmp_path: Path, now: datetime) -> None:
    target = tmp_path / "deep" / "folder" / "registry.db"
    report = build_registry(content, target, now)
    assert report.path == target
    assert report.size_bytes == target.stat().st_size > 0
    assert report.counts["facts"] == 4
    assert report.counts["agencies"] == 3
    assert report.problems == ()
    meta = Registry.open(target).meta
    assert (meta.schema_version, meta.content_hash) == (SCHEMA_VERSION, report.content_hash)
    assert meta.built_at == now


def test_the_hash_does_not_depend_on_time_layout_or_folder(tmp_path: Path, now: datetime) -> None:
    spaced = FILES["places.yaml"].replace(
        "  - {country: QA, city: Doha, names: [doha, दोहा]}",
        '# people write it so\n  - names: ["doha", दोहा]\n    city: "Doha"\n    country: QA',
    )
    first = hash_of(tmp_path / "a", now)
    later = hash_of(tmp_path / "b", now + timedelta(days=1), {"places.yaml": spaced})
    assert first == later
    assert len(first) == 64


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(changed("countries/NP.yaml", "12000", "12001"), id="a value"),
        pytest.param(changed("places.yaml", "[doha, दोहा]", "[दोहा, doha]"), id="an order"),
        pytest.param(changed("danger/en.yaml", "beats me", "beat me"), id="a danger word"),
        pytest.param(changed("keywords.yaml", "stop all", "stop it all"), id="a keyword"),
        pytest.param(changed("agencies/NP.yaml", "sample: true", "sample: false"), id="a flag"),
    ],
)
def test_the_hash_depends_on_the_content(
    tmp_path: Path, now: datetime, changes: dict[str, str | bytes]
) -> None:
    assert hash_of(tmp_path / "a", now) != hash_of(tmp_path / "b", now, changes)


def test_faulty_content_leaves_the_old_registry(
    registry_path: Path, tmp_path: Path, now: datetime
) -> None:
    before = registry_path.read_bytes()
    content = write_tree(
        tmp_path, changed("countries/NP.yaml", "source: np-rule-2015}", "source: x}")
    )
    with pytest.raises(ContentError, match=r"NP\.yaml:6"):
        build_registry(content, registry_path, now)
    assert registry_path.read_bytes() == before
    assert os.listdir(registry_path.parent) == [registry_path.name]


def test_a_folder_that_cannot_be_made_is_told(content: Path, tmp_path: Path, now: datetime) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RegistryBuildError, match="--output"):
        build_registry(content, tmp_path / "file" / "registry.db", now)


def test_a_failure_while_writing_leaves_the_old_registry_and_no_rest(
    registry_path: Path, content: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = registry_path.read_bytes()

    def no_space(source: object, target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("safar.registry.build.os.replace", no_space)
    with pytest.raises(RegistryBuildError, match="No space left"):
        build_registry(content, registry_path, now)
    assert registry_path.read_bytes() == before
    assert os.listdir(registry_path.parent) == [registry_path.name]


def test_time_without_a_zone_is_refused(content: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="aware"):
        build_registry(content, tmp_path / "r.db", datetime(2026, 1, 1))  # noqa: DTZ001


def test_warnings_are_reported_and_do_not_stop_the_build(tmp_path: Path) -> None:
    later = datetime(2028, 1, 1, tzinfo=timezone.utc)
    report = build_registry(write_tree(tmp_path), tmp_path / "r.db", later)
    assert len(report.problems) == 9
    assert report.path.exists()


def test_progress_goes_from_nothing_to_almost_all(
    content: Path, tmp_path: Path, now: datetime
) -> None:
    seen: list[tuple[str, int, int]] = []
    build_registry(content, tmp_path / "r.db", now, lambda *step: seen.append(step))
    assert [done for _, done, _ in seen] == list(range(seen[0][2]))


def test_references_and_texts_are_kept_by_the_file_itself(registry_path: Path) -> None:
    connection = sqlite3.connect(str(registry_path))
    assert list(connection.execute("PRAGMA foreign_key_list(facts)")) != []
    assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute("INSERT INTO places (number, country, json) VALUES ('x', 'QA', '')")
    connection.close()


def test_other_users_may_read_it(registry_path: Path) -> None:
    assert registry_path.stat().st_mode & 0o777 == 0o644
