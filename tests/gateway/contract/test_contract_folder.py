"""A provider is one folder: it stands alone, nobody names it, and without it all else goes on."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import safar
from safar.gateway import providers
from safar.gateway.providers.plugin import Plugin, configured, plugins
from safar.settings import Settings
from tests.gateway.contract.rig import Rig, folders, rig_module

ROOT = Path(safar.__file__).parent
PROVIDERS = Path(providers.__path__[0])
PACKAGE = providers.__name__
each_folder = pytest.mark.parametrize("name", folders())


SHARED = (
    "safar.gateway.body",
    "safar.gateway.media",
    "safar.gateway.messages",
    f"{PACKAGE}.base",
    f"{PACKAGE}.plugin",
    "safar.gateway.sms",
    "safar.messaging",
    "safar.settings",
    "safar.store",
)
"""What a provider may use of Safar beside its own folder."""

NAMED_ELSEWHERE = {
    # Commands that are the simulator without a browser; they go where it goes.
    "simulator": {"cli/demo_path.py", "cli/local_path.py"},
}
WORDS_ELSEWHERE = {
    # `safar run --simulator`, its setting, and that it is no line to real people.
    "simulator": {
        "settings.py",
        "cli/run.py",
        "cli/doctor.py",
        "cli/demo_path.py",
        # One of the kinds of address that people write from.
        "store/person_export.py",
        "cases/numbers.py",
    },
    # Settings from before folders had their own; only the folder reads them.
    "twilio": {"settings.py"},
    # A table of the registry.
    "meta": {"registry/build.py", "registry/query.py"},
}


def sources(below: Path) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(below.rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "whole names only, so that they can be looked for"
            module = node.module or ""
            yield from (f"{module}.{alias.name}" for alias in node.names)


def words(tree: ast.Module) -> Iterator[str]:
    """Yield names and texts of a module, but for its docstrings."""
    spoken = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in spoken:
                yield node.value
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


@each_folder
def test_every_folder_has_a_rig_and_so_passes_the_contract(name: str) -> None:
    module = rig_module(name)
    if module is None:
        pytest.fail(
            f"The provider {name} has no rig. Write tests/gateway/contract/{name}_rig.py, so that"
            " it is put to the same tests as all others; the ones beside it show how.",
            pytrace=False,
        )
    assert module.CHANNELS


def test_all_folders_are_plugins_of_their_names() -> None:
    assert [plugin.name for plugin in plugins()] == folders()


@each_folder
def test_it_uses_nothing_but_its_own_and_what_is_shared(name: str) -> None:
    allowed = (f"{PACKAGE}.{name}", *SHARED)
    foreign = {
        f"{path}: {imported}"
        for path, tree in sources(PROVIDERS / name)
        for imported in imports(tree)
        if within(imported, "safar") and not any(within(imported, each) for each in allowed)
    }
    assert foreign == set()


@each_folder
def test_nobody_else_imports_it(name: str) -> None:
    found = {
        path
        for path, tree in sources(ROOT)
        if not path.startswith(f"gateway/providers/{name}/")
        and any(within(imported, f"{PACKAGE}.{name}") for imported in imports(tree))
    }
    assert found == NAMED_ELSEWHERE.get(name, set())


@each_folder
def test_nobody_else_knows_it_by_name(name: str) -> None:
    """Neither a comparison with its name, nor a route, a setting or a function called after it."""
    own = re.compile(rf"{name}|{name}_\w+|\S*/{name}(/\S*)?|.*\b{name}\.(com|org)\b.*", re.DOTALL)
    found = {
        path
        for path, tree in sources(ROOT)
        if not path.startswith("gateway/providers/") and any(map(own.fullmatch, words(tree)))
    }
    assert found == WORDS_ELSEWHERE.get(name, set())


WITHOUT = """
import importlib, pkgutil, sys
from pathlib import Path
import safar.gateway
from safar.gateway.limits import LimitSettings
from safar.gateway.providers.plugin import plugins
from safar.gateway.web import create_app
from safar.settings import Settings
from safar.store.crypto import KeyRing
from safar.store.database import open_database
from starlette.testclient import TestClient

assert Path(safar.gateway.__file__).is_relative_to(sys.argv[1]), "the copy is looked at"
for each in pkgutil.walk_packages(safar.gateway.__path__, "safar.gateway."):
    if not each.name.endswith((".child", ".phone")):  # of the modem's own process
        importlib.import_module(each.name)
home = Path(sys.argv[1])
app = create_app(
    Settings(_env_file=None, home=home),
    open_database(f"sqlite:///{home}/safar.db"),
    KeyRing([KeyRing.generate()], KeyRing.generate()),
    limits=LimitSettings(_env_file=None),
)
assert TestClient(app).get("/healthz").status_code == 200
print(*[plugin.name for plugin in plugins()])
"""


@each_folder
def test_without_it_all_else_goes_on(name: str, tmp_path: Path) -> None:
    leave_out = shutil.ignore_patterns("__pycache__", "page", "models")
    shutil.copytree(ROOT, tmp_path / "safar", ignore=leave_out)
    shutil.rmtree(tmp_path / "safar" / "gateway" / "providers" / name)

    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", WITHOUT, str(tmp_path)],
        env={"PYTHONPATH": str(tmp_path), "SQLALCHEMY_SILENCE_UBER_WARNING": "1"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.stderr == ""
    assert ran.stdout.split() == [each for each in folders() if each != name]


# What the folder offers beside sending.


def test_nothing_is_set_up_unless_an_operator_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rig: Rig
) -> None:
    assert rig.plugin in configured(rig.surroundings.settings)
    for variable in ("DEVICES", "PHONE_NUMBER_ID", "HOST"):
        monkeypatch.delenv(f"SAFAR_{rig.plugin.name.upper()}_{variable}", raising=False)
    assert not rig.plugin.configured(Settings(_env_file=None, home=tmp_path))


def test_the_doctor_speaks_in_sentences_and_keeps_secrets(rig: Rig) -> None:
    findings = list(rig.plugin.doctor(rig.surroundings.settings))

    assert findings or rig.plugin.name == "simulator", "there is nothing that could be set wrong"
    for each in findings:
        assert each.subject.startswith(rig.plugin.name)
        assert "\n" not in each.subject + each.sentence
        assert len(each.sentence.split()) > 2
        assert each.sentence.endswith("."), each.sentence
        assert not any(secret in each.subject + each.sentence for secret in rig.secrets)


def test_errands_have_names_of_their_own_and_say_what_they_did(rig: Rig) -> None:
    for errand in rig.plugin.errands(rig.surroundings):
        assert errand.name.startswith(rig.plugin.name)
        assert errand.every >= 1
        assert errand.run() == 0, "there is nothing to do"


def test_routes_stand_below_its_name(rig: Rig) -> None:
    router = rig.plugin.routes(rig.surroundings)
    paths = [route.path for route in router.routes] if router is not None else []
    assert all(rig.plugin.name in path.split("/") for path in paths)


def test_a_folder_without_a_plugin_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from safar.gateway.providers.simulator import plugin

    monkeypatch.setattr(plugin, "PLUGIN", Plugin("other", bool, lambda _: None))  # type: ignore[arg-type, return-value]
    with pytest.raises(TypeError, match="a Plugin named 'simulator'"):
        plugins()
