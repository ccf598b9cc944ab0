"""Names for Rasa to import where TensorFlow is not installed.

Rasa 3.6 imports TensorFlow for its neural components even when a pipeline has none of them. The
packages `tensorflow`, `keras` and so on beside this one answer every import with placeholders.
A placeholder may be named, subclassed, and used as a decorator while a module is being imported;
whatever runs later and calls one gets a `TensorFlowMissingError` that names the Rasa component.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import inspect
import sys
import types
from collections.abc import Callable, Sequence
from typing import Any

ROOTS = ("tensorflow", "keras", "tensorflow_hub", "tensorflow_text", "tensorflow_addons")
STATED_VERSION = "2.12.0"
"""Rasa 3.6.21 was written against this release and reads its number."""


class TensorFlowMissingError(RuntimeError):
    """A component that needs TensorFlow was used where TensorFlow is not installed."""


class _Placeholder(type):
    """A class that stands for anything below a TensorFlow package."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        child = _make(f"{cls._path}.{name}")
        setattr(cls, name, child)
        return child

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if not _runs_during_import(sys._getframe(1)):
            raise TensorFlowMissingError(_sentence(cls._path, sys._getframe(1)))
        if len(args) == 1 and callable(args[0]) and not kwargs:
            return args[0]  # used as a bare decorator
        return _identity  # used as a decorator factory

    def __or__(cls, other: object) -> Any:
        return object

    __ror__ = __or__


def _identity(function: Callable[..., Any]) -> Callable[..., Any]:
    return function


def _make(path: str) -> Any:
    return _Placeholder(
        path.rsplit(".", 1)[-1],
        (),
        {"_path": path, "__module__": path.rsplit(".", 1)[0], "__class_getitem__": _item},
    )


def _item(cls: type, _: object) -> type:
    return cls


def _runs_during_import(frame: types.FrameType) -> bool:
    """Module and class bodies are not optimised code; functions are."""
    return not frame.f_code.co_flags & inspect.CO_OPTIMIZED


def _sentence(path: str, frame: types.FrameType | None) -> str:
    component, first_module = None, None
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        first_module = first_module or module
        owner = frame.f_locals.get("self", frame.f_locals.get("cls"))
        kind = owner if isinstance(owner, type) else type(owner)
        if any(base.__name__ == "GraphComponent" for base in kind.__mro__):
            component = kind.__name__
            break
        frame = frame.f_back
    who = f"The Rasa component {component}" if component else f"The module {first_module}"
    return (
        f"{who} needs TensorFlow ({path}), which is not installed. Take the component out of "
        "bot/config.yml, or install TensorFlow with: make install TENSORFLOW=1"
    )


class _Module(types.ModuleType):
    __version__ = STATED_VERSION
    __path__: Sequence[str] = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        child = _make(f"{self.__name__}.{name}")
        setattr(self, name, child)
        return child


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds every submodule of the packages in `ROOTS`."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: types.ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        root, _, rest = fullname.partition(".")
        if root in ROOTS and rest:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to run: the names are made when asked for."""


def stand_in(name: str) -> None:
    """Turn the package `name`, now being imported, into a placeholder module."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    sys.modules[name].__class__ = _Module
