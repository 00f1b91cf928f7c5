"""Run a notebook's code with whatever omnipandas this Python has installed.

    python -P tests/release_check.py notebooks/01_quickstart.ipynb

Needs nothing but the package: it is run in environments that hold the built wheel, or the sdist, alone.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import omnipandas as op


def main(path: str) -> None:
    """Run every code cell in one namespace; a notebook's asserts do the checking."""
    cells = json.loads(Path(path).read_text("utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    print(f"omnipandas {version('omnipandas')} from {Path(op.__file__).parent}")  # noqa: T201  # a command's answer
    exec(compile(code, path, "exec"), {"__name__": "__main__"})


if __name__ == "__main__":
    main(sys.argv[1])
