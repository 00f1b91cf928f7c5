"""Libraries that only some studies need."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from omnipandas.errors import ArgumentError


def library(name: str, study: str) -> ModuleType:
    """Return a module of a library that comes with the extra ``studies``.

    Raises
    ------
    ArgumentError
        Where it is not installed, saying how to: nothing has been computed, and the caller can mend it.
    """
    package = name.partition(".")[0]
    try:
        # First the package: a part of it may be loaded though the package is not to be had.
        import_module(package)
        return import_module(name)
    except ImportError as error:
        raise ArgumentError(f"{study} needs {package}: pip install 'omnipandas[studies]'.") from error
