"""From a utility account to tidy pandas frames, and from those to usage and tariff studies.

The vocabulary is listed in ``__init__.pyi`` and loaded on first use (SPEC 1), so that
``import omnipandas as op`` stays quick.
"""

import sys as _sys
from types import ModuleType as _ModuleType

import lazy_loader as _lazy


class _Vocabulary(_ModuleType):
    """The package, in which `intervals` is the function, not the room of that name."""

    def __setattr__(self, name: str, value: object) -> None:
        # Python binds a package's room to its name as soon as something in it is imported.
        if name != "intervals":
            super().__setattr__(name, value)


_sys.modules[__name__].__class__ = _Vocabulary

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)

__version__ = "0.1.0"
