"""How energy sent to the grid is paid."""
from __future__ import annotations
class ExportTerms: ...
def export_terms(*a): raise NotImplementedError
