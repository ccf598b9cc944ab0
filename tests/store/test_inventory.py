"""Of every table it is said how long it is kept and whose it is, and every secret is known."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Text, select

from safar.store.case_tables import audit
from safar.store.database import Database
from safar.store.inventory import INVENTORY
from safar.store.retention_kinds import KINDS
from safar.store.retention_settings import RetentionSettings
from safar.store.sealed import ENDING, sealed_columns
from safar.store.tables import metadata
from tests.filled_store import Filled

ROOT = Path(__file__).resolve().parents[2]


def test_every_table_is_in_the_inventory() -> None:
    assert set(INVENTORY) == set(metadata.tables)


def test_the_inventory_and_the_kinds_name_each_other() -> None:
    named = {kind for held in INVENTORY.values() for kind in held.kept}
    assert named == {kind.name for kind in KINDS}
    for kind in KINDS:
        assert kind.name in INVENTORY[kind.table.name].kept
    assert {kind.field for kind in KINDS} == set(RetentionSettings.model_fields)


def test_every_column_that_is_named_encrypted_is_found() -> None:
    named = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if column.name.endswith(ENDING)
    }
    assert {column.name for column in sealed_columns()} == named
    assert len(named) >= 19


def _sealing_files() -> Iterator[Path]:
    for path in (ROOT / "safar").rglob("*.py"):
        if "/store/migrations/" not in path.as_posix():
            yield path


def test_what_is_written_encrypted_goes_into_a_column_that_is_named_so() -> None:
    """A value `keyring.encrypt(…)` of a key in a table's values must be of such a column."""
    columns = {column.name for table in metadata.tables.values() for column in table.columns}
    wrong = []
    for path in _sealing_files():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            pairs: list[tuple[str, ast.AST]] = []
            if isinstance(node, ast.Dict):
                pairs = [
                    (str(key.value), value)
                    for key, value in zip(node.keys, node.values, strict=True)
                    if isinstance(key, ast.Constant)
                ]
            elif isinstance(node, ast.Call):
                pairs = [(word.arg, word.value) for word in node.keywords if word.arg]
            wrong += [
                f"{path.name}: {name}"
                for name, value in pairs
                if name in columns and not name.endswith(ENDING) and _encrypts(value)
            ]
    assert wrong == []


def _encrypts(value: ast.AST) -> bool:
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Attribute)
        and value.func.attr in {"encrypt", "sealed"}
    )


def test_a_filled_store_has_a_secret_in_each_of_them_and_nowhere_else(
    database: Database, keyring
) -> None:
    filled = Filled(database, keyring)
    filled.everything()
    secret = {column.name for column in sealed_columns()}
    with database.read() as tx:
        for table in metadata.tables.values():
            for column in table.columns:
                if not isinstance(column.type, Text):
                    continue
                values = [str(each) for each in tx.execute(select(column)).scalars() if each]
                tokens = [each for each in values if each.startswith("gAAAA")]
                name = f"{table.name}.{column.name}"
                assert bool(tokens) == (name in secret), name


@pytest.mark.parametrize("name", [name for name, held in INVENTORY.items() if not held.kept])
def test_what_is_kept_for_good_says_why(name: str) -> None:
    assert len(INVENTORY[name].why.split()) > 2


def test_the_audit_is_never_thinned() -> None:
    assert INVENTORY[audit.name].kept == ()
