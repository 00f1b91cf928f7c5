"""Libraries that only some studies need."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from omnipandas.errors import OmnipandasError


def scipy_part(name: str, study: str) -> ModuleType:
    """Return a module of SciPy.

    Raises
    ------
    OmnipandasError
        Where SciPy is not installed, saying how to.
    """
    try:
        return import_module(f"scipy.{name}")
    except ModuleNotFoundError as error:
        raise OmnipandasError(f"{study} needs SciPy: pip install 'omnipandas[studies]'.") from error
