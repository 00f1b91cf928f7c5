"""From a utility account to tidy pandas frames, and from those to usage and tariff studies.

The vocabulary is listed in ``__init__.pyi`` and loaded on first use (SPEC 1), so that
``import omnipandas as op`` stays quick.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)

__version__ = "0.1.0"
